package article

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHostilePages reads pages made to be slow or large, and demands the bounds
// that Extract promises: a second and 128 MiB, or for what is refused a fifth
// and the half.
func TestHostilePages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, test := range hostilePages() {
		t.Run(test.name, func(t *testing.T) {
			var err error
			var kind Kind
			for attempt := range 3 { // other processes make it seem slower, never faster
				cpu, peak := costOf(func() { _, err = Extract([]byte(test.page), at, Hints{}) })
				if e, ok := errors.AsType[*Error](err); ok {
					kind = e.Kind
				}
				mostCPU, mostMemory := time.Second, 128
				if kind == TooLarge {
					mostCPU, mostMemory = time.Second/5, 64
				}
				if underRace {
					mostCPU, mostMemory = time.Minute, 1024 // the detector's own
				}
				if cpu <= mostCPU && peak <= mostMemory {
					t.Logf("%v, %d MiB, %v", cpu.Round(time.Millisecond), peak, err)
					break
				}
				if attempt == 2 {
					t.Errorf("%v, %d MiB, %v; want at most %v, %d MiB", cpu.Round(time.Millisecond), peak, err, mostCPU, mostMemory)
				}
			}
			if test.want != "" && kind != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

type hostilePage struct {
	name, page string
	want       Kind // "" for any result
}

func hostilePages() []hostilePage {
	fonts := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "<font size=%d>", i)
		}
		return b.String()
	}
	attributes := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " a%d", i)
		}
		return b.String()
	}
	return []hostilePage{
		{"11 MB", strings.Repeat(prose, 11<<20/len(prose)), TooLarge},
		{"nested blocks", strings.Repeat("<div>", 100_000), TooLarge},
		{"nested links and fonts", strings.Repeat("<a><font>", 50_000), TooLarge},
		{"unclosed b", strings.Repeat("<b>x", 20_000), TooLarge},
		{"480 deep with much text", strings.Repeat("<div>", 480) + strings.Repeat("word ", 190_000), TooLarge},
		{"a million attributes", "<p" + attributes(500_000) + ">", TooLarge},
		{"a million shortest attributes", "<p" + strings.Repeat(" a", 2_000_000) + ">", TooLarge},
		{"tags with ten attributes", strings.Repeat("<p"+attributes(10)+">", 80_000), TooLarge},
		{"a million paragraphs", strings.Repeat("<p>a", 1_000_000), TooLarge},
		{"line breaks", strings.Repeat("<br><br>", 500_000), TooLarge},
		{"stray ends", strings.Repeat("</p>", 1_000_000), TooLarge},
		{"broken tables", strings.Repeat("<table>a<tr>", 50_000), TooLarge},
		{"formatting reopened", fonts(400) + strings.Repeat("<p>x", 40_000), TooLarge},
		{"an endless tag", "<p a='" + strings.Repeat("x", 3<<20), TooLarge},
		{"elements nested everywhere", strings.Repeat(strings.Repeat("<div>", 100)+"x"+strings.Repeat("</div>", 100), 490), TooLarge},
		{"JSON-LD nested", pageOf(ld(strings.Repeat(`{"@graph":[`, 100_000)), prose), ""},
		{"JSON-LD of many articles", pageOf(ld(`[`+strings.Repeat(`{"@type":"Article","headline":"a"},`, 25_000)+`{}]`), prose), ""},
		{"JSON-LD with a body of markup", pageOf(ld(`{"@type":"Article","articleBody":"`+strings.Repeat("<p>a &amp; ", 90_000)+`"}`), prose), ""},
		{"selectors of closed parts", pageOf(ld(`{"@type":"Article","isAccessibleForFree":false,"hasPart":[`+strings.Repeat(`{"isAccessibleForFree":false,"cssSelector":"`+strings.Repeat("* ", 90)+`.x"},`, 200)+`{}]}`), strings.Repeat("<div>", 100)+strings.Repeat("<i>x</i>", 20_000)), ""},
		{"most paragraphs", strings.Repeat("<p>a", 49_000), ""},
		{"most line breaks", strings.Repeat("a<br><br>", 24_000), ""},
		{"most tables", strings.Repeat("<table>a<tr>", 24_000), ""},
		{"most weight", strings.Repeat("<div>", 120) + strings.Repeat("word, word ", 23_000), ""},
		{"most weight, branching", strings.Repeat(strings.Repeat("<div>", 110)+strings.Repeat("word, ", 300)+strings.Repeat("</div>", 110), 80), ""},
		{"most reopened", fonts(40) + strings.Repeat("<p>x", 4_800), ""},
		{"most furniture, nested", strings.Repeat(strings.Repeat(`<div class="related">`, 100)+"x"+strings.Repeat("</div>", 100), 200), ""},
		{"style sheets", pageOf("<style>"+strings.Repeat(".a,.b{display:none}@media{", 30_000)+"</style>", prose), ""},
		{"style attributes", strings.Repeat(`<p style="`+strings.Repeat("display ", 10)+`">a`, 40_000), ""},
		{"a title of megabytes", "<title>" + strings.Repeat("word &amp; <b>", 70_000) + "</title>" + prose, ""},
		{"links like headlines", strings.Repeat(`<p><a href="x">one two three four five six</a>`, 24_000), ""},
		{"one long word", "<p>" + strings.Repeat("x", 3<<20), ""},
		{"misnested formatting", strings.Repeat("<a><b><i></a>x</b>y</i>", 12_000), ""},
	}
}

// costOf returns the CPU time of do, the collector's included, and by how many
// MiB the heap grew at its peak.
func costOf(do func()) (cpu time.Duration, peak int) {
	runtime.GC()
	base, done, out := heap(), make(chan struct{}), make(chan uint64)
	go func() {
		top := base
		for {
			select {
			case <-done:
				out <- max(top, heap())
				return
			case <-time.After(2 * time.Millisecond):
				top = max(top, heap())
			}
		}
	}()
	begin := cpuTime()
	do()
	cpu = cpuTime() - begin
	close(done)
	return cpu, int((<-out - base) >> 20)
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
