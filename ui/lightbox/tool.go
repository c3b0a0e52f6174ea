package lightbox

// Tool is what a drag of the left button does.
type Tool int

// The tools.
const (
	ToolWindow Tool = iota
	ToolPan
	ToolZoom
)

// Tool is what a drag of the left button does.
func (l *Lightbox) Tool() Tool { return l.tool }

// SetTool changes what a drag of the left button does.
func (l *Lightbox) SetTool(t Tool) {
	l.tool = t
	l.changed(ChangedLook)
}
