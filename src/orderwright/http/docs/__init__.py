"""What the API page shows beside what machines read: words, examples and the codes of errors, of both dialects."""
