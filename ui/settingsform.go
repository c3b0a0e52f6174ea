package ui

import (
	"path/filepath"
	"runtime"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// showSettings offers what can be chosen. What takes effect at the next start
// only says so.
func (w *Window) showSettings() {
	p := w.app.Preferences()
	restart := small()
	later := func() { restart.SetText(tr("This takes effect at the next start.")) }

	blind := widget.NewCheck(tr("The model waits for my first impression"), func(on bool) {
		p.SetBool(preferenceBlind, on)
		w.box.SetBlind(on)
	})
	blind.Checked = w.box.Blind()

	window := choice([]string{tr("As the file asks"), tr("Full range"), tr("Automatic, by percentiles")},
		[]lightbox.FirstWindow{lightbox.FirstAsFile, lightbox.FirstFull, lightbox.FirstAuto},
		lightbox.FirstWindow(p.String(preferenceFirstWindow)), func(first lightbox.FirstWindow) {
			p.SetString(preferenceFirstWindow, string(first))
			w.box.SetFirstWindow(first)
		})

	codes, names := []string{""}, []string{tr("The system's")}
	for _, l := range languages {
		codes, names = append(codes, l.code), append(names, l.name)
	}
	language := choice(names, codes, p.String(preferenceLanguage), func(code string) {
		p.SetString(preferenceLanguage, code)
		later()
	})

	var keys, brightness []string
	for _, palette := range palettes {
		keys, brightness = append(keys, palette.key), append(brightness, tr(palette.name))
	}
	colours := choice(brightness, keys, p.String(preferencePalette), func(key string) {
		p.SetString(preferencePalette, key)
		later()
	})

	var times []float64
	var largeness []string
	for _, size := range sizes {
		times, largeness = append(times, size.times), append(largeness, tr(size.name))
	}
	enlarged := choice(largeness, times, StartupOf(p).Enlarged, func(times float64) {
		p.SetFloat(preferenceEnlarged, times)
		later()
	})

	model := choice([]string{tr("The shipped one"), tr("The paper's network: slower and weaker, to compare")}, []string{"", PaperModel},
		p.String(preferenceModel), func(name string) {
			p.SetString(preferenceModel, name)
			later()
		})

	counts, threads := []int{0}, []string{tr("One for each core")}
	for n := 1; n < runtime.NumCPU(); n *= 2 {
		counts, threads = append(counts, n), append(threads, strconv.Itoa(n))
	}
	cores := choice(threads, counts, p.Int(preferenceThreads), func(n int) {
		p.SetInt(preferenceThreads, n)
		later()
	})

	form := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Reading")), blind,
		widget.NewLabel(tr("First window")), window,
		widget.NewLabel(tr("Language")), language,
		widget.NewLabel(tr("Brightness")), colours,
		widget.NewLabel(tr("Texts and buttons")), enlarged,
		widget.NewLabel(tr("Model")), model,
		widget.NewLabel(tr("Model's threads")), cores,
		widget.NewLabel(tr("Log of reviews")), w.logChoice(later),
		widget.NewLabel(tr("Keyboard")), container.NewHBox(widget.NewButton(tr("Keys…"), func() { w.reading.Hide(); w.showKeys() })),
		widget.NewLabel(""), restart,
	)
	w.show(tr("Settings"), container.NewVScroll(form))
	// No larger than it need be, so that the film is seen behind it.
	whole, size := w.window.Canvas().Size(), form.MinSize().AddWidthHeight(36, 120)
	w.reading.Resize(fyne.NewSize(min(size.Width, whole.Width), min(size.Height, whole.Height)))
}

// choice offers values by their names, the present one chosen.
func choice[T comparable](names []string, values []T, now T, chosen func(T)) *widget.Select {
	s := widget.NewSelect(names, nil)
	s.SetSelectedIndex(0)
	for k, value := range values {
		if value == now {
			s.SetSelectedIndex(k)
		}
	}
	s.OnChanged = func(string) { chosen(values[s.SelectedIndex()]) }
	return s
}

// logWidth leaves room for the most of a path.
const logWidth = 380

// logChoice shows where the log is kept and lets the reader keep it elsewhere.
// What is in it stays where it is.
func (w *Window) logChoice(later func()) fyne.CanvasObject {
	p := w.app.Preferences()
	path := widget.NewLabel("")
	path.Truncation = fyne.TextTruncateEllipsis
	show := func() {
		text := p.String(preferenceDatabase)
		if text == "" {
			text = tr("In the usual place")
		}
		path.SetText(text)
	}
	show()
	set := func(name string) {
		p.SetString(preferenceDatabase, name)
		show()
		later()
	}
	// A folder is asked for, not a file: Fyne empties a file that is chosen
	// to be written.
	other := widget.NewButton(tr("Other folder…"), func() {
		d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
			if err == nil && folder != nil {
				set(filepath.Join(filepath.FromSlash(folder.Path()), "cases.db"))
			}
		}, w.window)
		d.Resize(w.dialogSize())
		w.ask(d, nil)
	})
	usual := widget.NewButton(tr("Usual place"), func() { set("") })
	width := gap(logWidth)
	return container.NewVBox(width, path, container.NewHBox(other, usual))
}
