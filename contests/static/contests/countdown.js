// Counts down to a moment by the server's clock: the page says what time it was there when it was made.
const box = document.querySelector("[data-countdown]");

if (box) {
  const until = Date.parse(box.dataset.countdown);
  const ahead = Date.now() - Date.parse(box.dataset.now);
  const words = box.querySelector("[data-countdown-words]");
  const parts = box.dataset.words.split("|");

  const show = () => {
    let left = Math.max(0, Math.floor((until - (Date.now() - ahead)) / 1000));
    const days = Math.floor(left / 86400);
    left %= 86400;
    const two = (number) => String(number).padStart(2, "0");
    const clock = `${two(Math.floor(left / 3600))}:${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
    words.textContent = days ? `${days} ${parts[0]} ${clock}` : clock;
    if (days || left) {
      setTimeout(show, 1000);
    } else {
      words.textContent = parts[1];
    }
  };
  show();
}
