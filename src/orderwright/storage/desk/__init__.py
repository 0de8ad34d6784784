"""What the order desk reads that no path of the API has; each reader says who must have asked before."""
