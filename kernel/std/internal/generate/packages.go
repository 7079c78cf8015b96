package main

import "strings"

// carried lists the packages a cell may import.
var carried = strings.Fields(`
archive/tar archive/zip
bufio bytes cmp
compress/bzip2 compress/flate compress/gzip compress/lzw compress/zlib
container/heap container/list container/ring
context
crypto crypto/aes crypto/cipher crypto/ecdsa crypto/ed25519 crypto/elliptic crypto/hmac
crypto/md5 crypto/rand crypto/rsa crypto/sha1 crypto/sha256 crypto/sha512 crypto/subtle
encoding encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/gob
encoding/hex encoding/json encoding/pem encoding/xml
errors expvar flag fmt
go/ast go/format go/parser go/token
hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash
html html/template
image image/color image/draw image/gif image/jpeg image/png
io io/fs io/ioutil iter
log log/slog
maps math math/big math/bits math/cmplx math/rand math/rand/v2
mime mime/multipart
net net/http net/http/httptest net/mail net/netip net/rpc net/textproto net/url
os os/exec os/signal os/user
path path/filepath
reflect regexp regexp/syntax
runtime runtime/debug runtime/metrics runtime/pprof runtime/trace
slices sort strconv strings structs
sync sync/atomic syscall
testing testing/fstest testing/iotest testing/quick testing/slogtest testing/synctest
text/scanner text/tabwriter text/template text/template/parse
time
unicode unicode/utf16 unicode/utf8 unique unsafe weak
golang.org/x/sync/errgroup golang.org/x/sync/semaphore golang.org/x/sync/singleflight
`)

// sourced lists the packages that are type-checked from their sources wherever
// they are imported: some function of theirs is generic.
var sourced = set(`
cmp container/heap container/list container/ring
context errors iter maps slices
sort sync sync/atomic
golang.org/x/sync/errgroup golang.org/x/sync/semaphore
`)

// simulated lists the packages that are type-checked from their sources for
// the simulator, besides those above: it executes their functions, so that a
// simulated goroutine can stop inside them. runnext/sim/machine names them.
var simulated = set(`
bufio bytes
compress/flate compress/gzip crypto/rand
encoding encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json
encoding/pem encoding/xml
flag
golang.org/x/sync/singleflight
hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html image image/color
internal/bytealg internal/byteorder internal/chacha8rand internal/fmtsort internal/oserror
internal/race internal/strconv internal/stringslite internal/sync
io
log log/internal log/slog log/slog/internal log/slog/internal/buffer
math math/big math/bits math/cmplx math/rand math/rand/v2
net/netip net/url
os/signal
path
regexp regexp/syntax
strconv strings
text/scanner text/tabwriter text/template text/template/parse time
unicode unicode/utf16 unicode/utf8 unique
`)

func set(paths string) map[string]bool {
	m := map[string]bool{}
	for _, p := range strings.Fields(paths) {
		m[p] = true
	}
	return m
}

// extra names packages of this module that cells import under another path.
// One that does not exist in the tree is left out.
var extra = []struct{ cell, module string }{
	{"runnext/lab", "runnext/kernel/lab"},
	{"runnext/gmp", "runnext/sim/gmp"},
}
