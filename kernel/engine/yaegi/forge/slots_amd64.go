package forge

// entrySize is the distance between two entries of the table of jumps.
const entrySize = 16
