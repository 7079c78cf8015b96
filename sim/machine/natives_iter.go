package machine

// iterNatives is for iter.Pull.
func iterNatives(h *host) map[string]native { return map[string]native{} }
