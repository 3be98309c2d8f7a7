/* Sets the chosen theme before the first paint; the only script that blocks. */
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage may be refused: the device's preference stays */ }
