"""The order desk: pages for those who look after orders. It is a client of the API, in the process that answers it."""
