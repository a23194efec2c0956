// Package chart draws a digest's stories per day as a picture for mail programs.
package chart

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-analyze/charts"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// The chart is drawn at twice its size on screen, for displays that show it so.
const (
	chartWidth  = 592
	chartHeight = 170
	chartScale  = 2
)

// maxSeries is how many watches have a colour of their own in the chart; the
// rest share the last.
const maxSeries = 6

// seriesColours stand out from a white page and from a black one.
func seriesColours() []string {
	return []string{"#3b82c4", "#e0883e", "#3f9d78", "#b0629f", "#c2a23a", "#6f7fd0", "#8b949e"}
}

// A series is one colour of the chart.
type Series struct {
	Name   string
	Colour string
	PerDay []int
	Sum    int
}

// SeriesOf returns the watches of a digest that had stories, most first, and
// what is left over under one name.
func SeriesOf(d *monitor.Digest) []Series {
	if d == nil || len(d.Days) == 0 {
		return nil
	}
	var all []Series
	for _, w := range d.Watches {
		s := Series{Name: render.Truncate(render.Sanitize(w.Name), 40), PerDay: make([]int, len(d.Days))}
		for i, k := range w.PerDay[:min(len(w.PerDay), len(d.Days))] {
			s.PerDay[i] = max(k, 0)
			s.Sum += s.PerDay[i]
		}
		if s.Sum > 0 {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b Series) int { return cmp.Compare(b.Sum, a.Sum) })
	if len(all) > maxSeries {
		rest := Series{Name: "others", PerDay: make([]int, len(d.Days))}
		for _, s := range all[maxSeries:] {
			for i, k := range s.PerDay {
				rest.PerDay[i] += k
			}
			rest.Sum += s.Sum
		}
		all = append(all[:maxSeries], rest)
	}
	for i := range all {
		all[i].Colour = seriesColours()[i]
	}
	return all
}

// PNG draws stories per day and watch as a PNG, nil if there were none.
func PNG(d *monitor.Digest) ([]byte, error) {
	all := SeriesOf(d)
	if len(all) == 0 {
		return nil, nil
	}
	values := make([][]float64, len(all))
	colours := make([]charts.Color, len(all))
	for i, s := range all {
		colours[i] = charts.ParseColor(s.Colour)
		for _, k := range s.PerDay {
			values[i] = append(values[i], float64(k))
		}
	}
	grey := charts.ParseColor("#8b949e")
	theme := charts.MakeTheme(charts.ThemeOption{
		AxisStrokeColor: grey.WithAlpha(120), AxisSplitLineColor: grey.WithAlpha(60),
		BackgroundColor: charts.ColorTransparent, TextColor: grey, SeriesColors: colours,
	})
	p := charts.NewPainter(charts.PainterOptions{
		OutputFormat: charts.ChartOutputPNG, Width: chartWidth * chartScale, Height: chartHeight * chartScale, Theme: theme,
	})
	label := charts.NewFontStyleWithSize(12 * chartScale)
	opt := charts.NewBarChartOptionWithData(values)
	opt.Theme = theme
	opt.Padding = charts.NewBox(4, 16, 40, 4)
	opt.StackSeries = charts.Ptr(true)
	opt.Legend.Show = charts.Ptr(false)
	opt.BarSize = 0.62
	opt.CategoryAxis = charts.CategoryAxisOption{Labels: thinned(Days(d.Days)), LabelFontStyle: label, LabelCount: len(d.Days)}
	opt.ValueAxis = []charts.ValueAxisOption{{
		Min: charts.Ptr(0.0), Max: charts.Ptr(ceiling(all)), LabelCount: 3, LabelFontStyle: label,
		SplitLineShow: charts.Ptr(true), ValueFormatter: func(v float64) string { return render.Number(int(v)) },
	}}
	if err := p.BarChart(opt); err != nil {
		return nil, err
	}
	return p.Bytes()
}

// ceiling is where the chart ends: an even number, so that half of it is a
// number of stories too.
func ceiling(all []Series) float64 {
	top := 1
	for day := range all[0].PerDay {
		sum := 0
		for _, s := range all {
			sum += s.PerDay[day]
		}
		top = max(top, sum)
	}
	return float64(top + top%2)
}

// thinned leaves out labels so that they do not run into one another, never the
// last.
func thinned(labels []string) []string {
	const room = 3
	for i := range labels {
		if (len(labels)-1-i)%room != 0 {
			labels[i] = " "
		}
	}
	return labels
}

// Days shortens dates, as in 24 Nov.
func Days(dates []string) []string {
	out := make([]string, len(dates))
	for i, d := range dates {
		out[i] = render.Truncate(render.Sanitize(d), 10)
		if t, err := time.Parse(time.DateOnly, d); err == nil {
			out[i] = t.Format("2 Jan")
		}
	}
	return out
}
