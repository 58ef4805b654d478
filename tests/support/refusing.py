"""Scripts for the page that make its storage refuse: not there at all, or full."""

REFUSED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
});"""

FILL = """() => {
  let chunk = "x".repeat(1 << 20);
  for (let number = 0; chunk.length > 0; number += 1) {
    try {
      localStorage.setItem("filler" + number, chunk);
    } catch {
      chunk = chunk.slice(0, chunk.length >> 1);
    }
  }
}"""
