"""Finding plans: construct one greedily, then improve it by taking tasks out and putting them back."""
