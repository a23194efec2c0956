package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor/api"
)

// A barChart is a row of bars, ready to be drawn as SVG. Its colours are the
// style sheet's.
type barChart struct {
	Width, Height int
	Past, Today   string // paths
	Label         string // the same in words
}

// Bars are ten units apart, so that a stretched chart keeps its proportions.
const (
	barStep   = 10
	barWidth  = 7
	barHeight = 32
)

// bars draws counts, today's last, against the highest count of the charts it
// is compared with. A day with anything at all is seen.
func bars(what string, counts []int, top int) barChart {
	c := barChart{Width: max(1, len(counts)) * barStep, Height: barHeight}
	top = max(top, 1)
	var past, today strings.Builder
	for i, n := range counts {
		h := min(n, top) * (barHeight - 2) / top
		if n > 0 {
			h = max(h, 2)
		} else {
			h = 1
		}
		b := &past
		if i == len(counts)-1 {
			b = &today
		}
		fmt.Fprintf(b, "M%d %dh%dv%dh-%dz", i*barStep+1, barHeight-h, barWidth, h, barWidth)
	}
	c.Past, c.Today, c.Label = past.String(), today.String(), inWords(what, counts)
	return c
}

// inWords tells a chart to those who do not see it.
func inWords(what string, counts []int) string {
	if len(counts) == 0 {
		return what + ": nothing yet"
	}
	list := make([]string, len(counts))
	for i, n := range counts {
		list[i] = strconv.Itoa(n)
	}
	return fmt.Sprintf("%s a day over %d days, today last: %s", what, len(counts), strings.Join(list, ", "))
}

// A chart shows stories per watch and day, a row of bars for each watch, all
// drawn to one scale.
type chart struct {
	Days []string // dates, today last
	Top  int      // most stories on one day
	Rows []api.Watch
	Sum  int
}

// chartOf leaves out watches that found nothing, and says how many it shows at
// most.
func chartOf(list []api.Watch, now time.Time, days, most int) chart {
	var c chart
	for _, edge := range api.DayEdges(now, days) {
		c.Days = append(c.Days, edge.Format("Mon 2 Jan"))
	}
	for _, w := range list {
		if len(w.Daily) == 0 {
			continue
		}
		if top := slices.Max(w.Daily); top > 0 {
			c.Top = max(c.Top, top)
			c.Rows = append(c.Rows, w)
		}
	}
	slices.SortStableFunc(c.Rows, func(a, b api.Watch) int { return total(b.Daily) - total(a.Daily) })
	c.Rows = c.Rows[:min(len(c.Rows), most)]
	for _, w := range c.Rows {
		c.Sum += total(w.Daily)
	}
	return c
}

// total adds counts up.
func total(counts []int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
