// Package archtest holds no code: its tests hold the tree to its rules. They
// read the import graph, the names at the top, the length of files, and what
// comments cite. What the parts do is tested beside each part.
package archtest
