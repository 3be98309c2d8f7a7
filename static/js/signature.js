/* A signature drawn on a canvas: strokes of points [x, y] from 0 to 1000 of the field's width and height, kept as JSON
   in the form's hidden field. Without it the typed name is the signature.
   [data-signature]        shown by this script
   [data-signature-field]  the canvas
   [data-signature-clear]  begins afresh */
const FULL = 1000;
const NEAR = 4; // points closer than this tell nothing new
const MOST = 5000;

for (const box of document.querySelectorAll("[data-signature]")) {
  const canvas = box.querySelector("[data-signature-field]");
  const hidden = box.closest("form").querySelector("input[name=signature]");
  const before = document.getElementById("signature-drawn");
  let strokes = before ? JSON.parse(before.textContent) : [];
  let current = null;
  box.hidden = false;

  const keep = () => { hidden.value = strokes.length ? JSON.stringify(strokes) : ""; };

  function draw() {
    const { width, height } = canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 2.5 * scale;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [index, [x, y]] of stroke.entries()) {
        const at = [x / FULL * canvas.width, y / FULL * canvas.height];
        if (index) pen.lineTo(...at); else pen.moveTo(...at);
      }
      if (stroke.length === 1) pen.lineTo(stroke[0][0] / FULL * canvas.width + 0.1, stroke[0][1] / FULL * canvas.height);
      pen.stroke();
    }
  }

  function point(event) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const clip = (value) => Math.max(0, Math.min(FULL, Math.round(value * FULL)));
    return [clip((event.clientX - left) / width), clip((event.clientY - top) / height)];
  }

  const total = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || strokes.length >= 100 || total() >= MOST) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    current = [point(event)];
    strokes.push(current);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || total() >= MOST) return;
    const next = point(event);
    const last = current[current.length - 1];
    if (Math.abs(next[0] - last[0]) + Math.abs(next[1] - last[1]) < NEAR) return;
    current.push(next);
    draw();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { current = null; keep(); });
  box.querySelector("[data-signature-clear]").addEventListener("click", () => { strokes = []; keep(); draw(); });
  window.addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  keep();
  draw();
}
