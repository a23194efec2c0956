package daemon

import (
	"testing"
	"testing/fstest"
)

// The memory that the service may use is the least of its groups' limits.
func TestAllowedMemory(t *testing.T) {
	const unit = "system.slice/newswatch.service"
	for name, tt := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no groups":        {nil, 0},
		"version 1":        {map[string]string{"proc/self/cgroup": "4:memory:/" + unit + "\n"}, 0},
		"no limit":         {map[string]string{"proc/self/cgroup": "0::/" + unit + "\n", "sys/fs/cgroup/" + unit + "/memory.max": "max\n"}, 0},
		"the unit's":       {map[string]string{"proc/self/cgroup": "0::/" + unit + "\n", "sys/fs/cgroup/" + unit + "/memory.max": "536870912\n"}, 512 << 20},
		"high below max":   {map[string]string{"proc/self/cgroup": "0::/" + unit + "\n", "sys/fs/cgroup/" + unit + "/memory.max": "536870912\n", "sys/fs/cgroup/" + unit + "/memory.high": "268435456\n"}, 256 << 20},
		"the slice's":      {map[string]string{"proc/self/cgroup": "0::/" + unit + "\n", "sys/fs/cgroup/" + unit + "/memory.max": "536870912\n", "sys/fs/cgroup/system.slice/memory.max": "134217728\n"}, 128 << 20},
		"a container's":    {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "67108864\n"}, 64 << 20},
		"both versions":    {map[string]string{"proc/self/cgroup": "1:name=systemd:/x\n0::/" + unit + "\n", "sys/fs/cgroup/" + unit + "/memory.max": "1048576\n"}, 1 << 20},
		"not a number":     {map[string]string{"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "lots\n"}, 0},
		"outside the root": {map[string]string{"proc/self/cgroup": "0::/../../a\n", "sys/fs/cgroup/a/memory.max": "4096\n"}, 4096},
	} {
		root := fstest.MapFS{}
		for file, text := range tt.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := allowedMemory(root); got != tt.want {
			t.Errorf("%s: %d bytes, want %d", name, got, tt.want)
		}
	}
}
