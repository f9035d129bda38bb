"""Agreement patterns -> m, u and weights; the parameters as JSON."""
