package lightbox

// Tool is what a drag of the left button does.
type Tool int

// The tools.
const (
	ToolWindow Tool = iota
	ToolPan
	ToolZoom
	ToolRuler
	ToolAngle
	ToolRatio
)

// Marks reports whether a tool draws marks, and of which kind.
func (t Tool) Marks() (kind MarkKind, marks bool) {
	switch t {
	case ToolRuler:
		return MarkRuler, true
	case ToolAngle:
		return MarkAngle, true
	case ToolRatio:
		return MarkRatio, true
	}
	return 0, false
}

// Tool is what a drag of the left button does.
func (l *Lightbox) Tool() Tool { return l.tool }

// SetTool changes what a drag of the left button does.
func (l *Lightbox) SetTool(t Tool) {
	l.DropDrawing()
	l.tool = t
	l.changed(ChangedLook)
}
