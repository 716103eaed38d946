// Recording in the browser: what was said is listened to first, then sent like a file that was chosen.

const clock = (seconds) => `${Math.floor(seconds / 60)}:${`0${Math.floor(seconds % 60)}`.slice(-2)}`;

function setUp(root) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const input = root.parentElement.querySelector("[data-upload-file]");
  const said = find("said");
  // Chrome and Firefox write WebM, Safari MP4; each is taken under its own ending.
  const [type, ending] = [["audio/webm", "webm"], ["audio/mp4", "m4a"]].filter(([one]) => window.MediaRecorder.isTypeSupported(one))[0] || [];
  if (!type) return;
  let recorder = null;
  let pieces = [];
  let ticking = 0;
  let made = null;

  const show = (state) => {
    find("start").hidden = state === "recording";
    find("stop").hidden = state !== "recording";
    find("made").hidden = state !== "made";
  };

  function ended(stream) {
    clearInterval(ticking);
    stream.getTracks().forEach((track) => track.stop());
    const now = new Date();
    const two = (number) => `0${number}`.slice(-2);
    const name = `${root.dataset.name} ${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}${two(now.getMinutes())}.${ending}`;
    made = new File(pieces, name, { type, lastModified: now.getTime() });
    const listen = root.querySelector("audio");
    if (listen.src) URL.revokeObjectURL(listen.src);
    listen.src = URL.createObjectURL(made);
    said.textContent = "";
    show("made");
    listen.focus();
  }

  find("start").addEventListener("click", async () => {
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    } catch (refused) {
      said.textContent = root.dataset.textRefused;
      return;
    }
    pieces = [];
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 96000 });
    recorder.addEventListener("dataavailable", (event) => { if (event.data.size) pieces.push(event.data); });
    recorder.addEventListener("stop", () => ended(stream));
    // In pieces, so that a long one does not wait in the recorder alone.
    recorder.start(5000);
    const begun = Date.now();
    said.textContent = root.dataset.textRecording.replace("{time}", clock(0));
    ticking = setInterval(() => {
      said.textContent = root.dataset.textRecording.replace("{time}", clock((Date.now() - begun) / 1000));
    }, 1000);
    show("recording");
    find("stop").focus();
  });
  find("stop").addEventListener("click", () => recorder.stop());
  find("use").addEventListener("click", () => {
    const transfer = new DataTransfer();
    transfer.items.add(made);
    input.files = transfer.files;
    root.hidden = true;
    input.dispatchEvent(new Event("change"));
    made = null;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!root.isConnected) return;
    if (!made && !(recorder && recorder.state === "recording")) return;
    event.preventDefault();
    event.returnValue = "";
  });
  root.hidden = false;
  // A chooser that is closed takes its recorder along, and the microphone is given back.
  root.release = () => { if (recorder && recorder.state === "recording") recorder.stop(); };
}

const CAN = window.MediaRecorder && window.MediaRecorder.isTypeSupported && navigator.mediaDevices && window.DataTransfer;

class SoundRecorder extends HTMLElement {
  connectedCallback() {
    if (CAN) setUp(this);
  }

  disconnectedCallback() {
    if (this.release) this.release();
  }
}

customElements.define("sound-recorder", SoundRecorder);
