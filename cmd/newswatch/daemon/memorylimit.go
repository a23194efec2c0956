package daemon

import (
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory gives the collector the memory that the service may use, less a
// fifth for what is no heap: mapped files, stacks, the program. GOGC and
// GOMEMLIMIT in the environment hold as in every Go program.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if n := allowedMemory(os.DirFS("/")); n > 0 {
		debug.SetMemoryLimit(n - n/5)
	}
}

// allowedMemory returns what the control groups around this process allow it,
// in bytes: the least memory.max or memory.high from its own group up to the
// root (Linux, cgroups(7), version 2). It returns 0 if nothing is limited or
// there are no such groups.
func allowedMemory(root fs.FS) (least int64) {
	group, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	_, own, ok := strings.Cut(string(group), "0::")
	if !ok {
		return 0
	}
	own, _, _ = strings.Cut(own, "\n")
	for dir := path.Clean("/" + own); ; dir = path.Dir(dir) {
		for _, file := range []string{"memory.max", "memory.high"} {
			text, err := fs.ReadFile(root, path.Join("sys/fs/cgroup", dir, file))
			if err != nil {
				continue
			}
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && (least == 0 || n < least) {
				least = n
			}
		}
		if dir == "/" {
			return least
		}
	}
}
