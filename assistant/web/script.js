// The page's behaviour: views, asking, sources, reading aloud. All words come from the HTML.
(() => {
  "use strict";
  const SLOW = 8000; // milliseconds before a person is told that it takes long
  const PING = 5000; // between two looks whether the app still answers, while something is awaited
  const STORE = "ask-the-code"; // the only key kept in the browser: audience, text size, spacing
  const root = document.documentElement;
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const parts = {}; // gradio components by their first event: { element, trigger }

  // --- preferences -----------------------------------------------------------------------------
  const preferences = () => {
    try { return JSON.parse(localStorage.getItem(STORE)) || {}; } catch { return {}; }
  };
  const prefer = (name, value) => {
    try { localStorage.setItem(STORE, JSON.stringify({ ...preferences(), [name]: value })); } catch { /* kept for this page only */ }
  };
  const applyPreferences = () => {
    for (const name of ["large", "spaced"]) {
      const on = root.classList.toggle(`atc-${name}`, Boolean(preferences()[name]));
      all(`[data-prefer="${name}"]`).forEach((button) => button.setAttribute("aria-pressed", on));
    }
  };

  // --- what a screen reader is told ------------------------------------------------------------
  const words = (name) => find("#atc-status").dataset[name];
  const say = (name) => { find("#atc-status").textContent = name ? words(name) : ""; };

  let refusal = ""; // the server's words where it refused a call, for as long as they are shown
  const tell = (text) => {
    refusal = "";
    find("#atc-told p").textContent = text;
    find("#atc-told").hidden = !text;
    if (text) find("#atc-status").textContent = text;
  };
  // gradio's own notices overlay the page and can't be used with a keyboard: their words are told here instead
  const retell = (changes) => {
    const bodies = changes.flatMap((change) => [...change.addedNodes])
      .filter((node) => node.nodeType === 1)
      .flatMap((node) => [node, ...all(".toast-body", node)])
      .filter((node) => node.matches(".toast-body"));
    for (const body of bodies) {
      if (body.matches(".error") && refusal) continue; // gradio tells the same in its own words
      if (body.matches(".error")) checkConnection().then((there) => { if (there && !refusal) tell(words("failed")); });
      else tell(all("[data-testid=toast-text]", body).pop().textContent);
    }
  };

  // --- views -----------------------------------------------------------------------------------
  const viewNames = () => all(".atc-nav a").map((link) => link.dataset.view);
  const showView = (moveFocus) => {
    const wanted = location.hash.replace(/^#\//, "");
    const name = viewNames().includes(wanted) ? wanted : viewNames()[0];
    root.dataset.view = name;
    all(".atc-nav a").forEach((link) => {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    const title = find(".atc-nav [aria-current]").textContent;
    document.title = `${title} - ${find(".atc-name").textContent}`;
    tell("");
    if (moveFocus) {
      const heading = find(`#view-${name} h1`);
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    window.dispatchEvent(new Event("resize")); // gradio measures some components when they come into sight
  };
  const focusOn = (element, place) => {
    if (!element) return;
    if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: place || "start", behavior: smooth ? "smooth" : "auto" });
  };

  // --- asking ----------------------------------------------------------------------------------
  let waiting = null; // { slow, ping } while an answer is awaited
  const asking = (on) => {
    root.classList.toggle("atc-asking", on);
    find("#atc-form [type=submit]").disabled = on;
    find("[data-stop]").hidden = !on;
    if (waiting) { clearTimeout(waiting.slow); clearInterval(waiting.ping); waiting = null; }
    if (on) {
      progress("working");
      waiting = { slow: setTimeout(() => progress("slow"), SLOW), ping: setInterval(checkConnection, PING) };
    }
  };
  const queued = (place) => { // how many are before: none for most, and nothing is said of it
    if (!waiting || !(place > 0 || waiting.queued)) return;
    waiting.queued = true;
    clearTimeout(waiting.slow); // where one stands says more
    const text = words("queued").replace("{n}", place + 1);
    find("#atc-status").textContent = text;
    find("#atc-progress").textContent = text;
  };
  const turnCame = () => { if (waiting?.queued) { waiting.queued = false; progress("working"); } };
  const progress = (name) => { say(name); find("#atc-progress").textContent = name ? words(name) : ""; };
  const submit = (question) => {
    if (waiting) return;
    silence();
    tell("");
    asking(true);
    parts.ask.trigger("ask", { question, audience: find("#atc-audience").value });
  };
  const settle = (name) => { asking(false); find("#atc-progress").textContent = ""; say(name); };

  const conversationShown = () => {
    follow();
    if (waiting) answered();
  };
  const answered = () => {
    const box = find("#atc-conversation-box");
    if (find('[data-status="working"]', box)) return;
    const article = all(".atc-answer", box).pop();
    if (!article) return; // a problem with the question: `refused` has it
    settle(article.dataset.status === "answered" ? "ready" : "refused");
    find("#atc-question").value = "";
    closeSource();
    focusOn(find("h2", article));
  };
  const refused = () => {
    const error = find("#atc-error");
    const field = find("#atc-question");
    field.toggleAttribute("aria-invalid", false);
    field.setAttribute("aria-describedby", "atc-hint");
    if (!error) return;
    if (waiting) settle("");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", "atc-error atc-hint");
    focusOn(field, "center");
  };
  const startAgain = () => {
    silence();
    settle("");
    root.classList.remove("atc-source-open");
    parts.restart.trigger("restart", {});
    focusOn(find("#atc-question"), "center");
  };
  const follow = () => {
    const begun = Boolean(find("#atc-conversation-box .atc-answer"));
    const label = find("#atc-question-label");
    label.dataset.first ||= label.textContent;
    label.textContent = begun ? label.dataset.followUp : label.dataset.first;
    find("[data-restart]").hidden = !begun;
    root.classList.toggle("atc-begun", begun);
    root.classList.toggle("atc-calm", Boolean(find("#atc-conversation-box .atc-urgent")));
  };
  const chosenAudience = () => {
    const chosen = find("#atc-audience").value;
    all("#atc-examples [data-audience]").forEach((group) => {
      group.hidden = Boolean(chosen) && group.dataset.audience !== chosen;
    });
  };

  // --- sources ---------------------------------------------------------------------------------
  let opener = null; // the button that opened the source: focus goes back to it
  const openSource = (button) => {
    if (!button.closest("#atc-source-box")) opener = button;
    parts.open.trigger("open", { ref: button.dataset.open, turn: button.dataset.turn || "" });
  };
  const sourceShown = () => {
    const source = find("#atc-source-box .atc-source");
    root.classList.toggle("atc-source-open", Boolean(source));
    if (!source) return;
    say("opened");
    source.scrollTop = 0;
    focusOn(find("#atc-source-title"));
    const chosen = find("mark", source) || find(".atc-chosen", source);
    if (chosen && source.scrollHeight > source.clientHeight) source.scrollTop = 0;
  };
  const closeSource = () => {
    if (!root.classList.contains("atc-source-open")) return;
    root.classList.remove("atc-source-open");
    parts.open.trigger("close", {});
  };
  const backFromSource = () => { closeSource(); focusOn(opener, "center"); };

  // --- copying, reading aloud ------------------------------------------------------------------
  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); say("copied"); return true; } catch { /* older way below */ }
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    say(done ? "copied" : "notCopied");
    return done;
  };
  const flash = (button, name) => {
    const label = button.textContent;
    button.textContent = words(name);
    setTimeout(() => { button.textContent = label; }, 2500);
  };
  const localVoice = () => {
    // only voices of this device: others would send the text away
    const voices = speechSynthesis.getVoices().filter((voice) => voice.localService);
    const fits = (language) => voices.find((voice) => voice.lang.replace("_", "-").startsWith(language));
    return fits("en-GB") || fits("en");
  };
  const silence = () => {
    if (window.speechSynthesis) speechSynthesis.cancel();
    all("[data-read]").forEach((button) => button.setAttribute("aria-pressed", "false"));
  };
  const readable = (button) => {
    const article = button.closest(".atc-answer");
    const sources = ["h2", ".atc-short", `#${button.dataset.read}`].map((selector) => find(selector, article));
    return sources.flatMap((element) => {
      const copyOf = element.cloneNode(true);
      const silent = ".atc-actions, .atc-legend, .atc-path, .atc-cite, .atc-number, thead";
      all(silent, copyOf).forEach((extra) => extra.remove());
      const lines = all("h3, h4, p, tr, li", copyOf).filter((line) => !line.parentElement.closest("li"));
      return lines.length ? lines.map((line) => line.textContent) : [copyOf.textContent];
    }).map((line) => line.replace(/\s+/g, " ").trim()).filter(Boolean);
  };
  const readAloud = (button) => {
    const reading = button.getAttribute("aria-pressed") === "true";
    silence();
    if (reading) return;
    const voice = window.speechSynthesis ? localVoice() : null;
    if (!voice) { say("noVoice"); flash(button, "noVoice"); return; }
    button.setAttribute("aria-pressed", "true");
    const lines = readable(button);
    lines.forEach((line, place) => {
      const utterance = new SpeechSynthesisUtterance(line);
      utterance.voice = voice;
      utterance.lang = voice.lang;
      if (place === lines.length - 1) utterance.onend = () => button.setAttribute("aria-pressed", "false");
      speechSynthesis.speak(utterance);
    });
  };

  // --- connection ------------------------------------------------------------------------------
  let lost = null;
  const plainFetch = window.fetch.bind(window);
  const checkConnection = async () => {
    try { await plainFetch("./manifest.json", { cache: "no-store" }); } catch { connectionLost(); return false; }
    restored();
    return true;
  };
  const connectionLost = () => {
    if (lost) return;
    find("#atc-lost").hidden = false;
    if (waiting) settle("");
    lost = setInterval(checkConnection, PING / 2);
  };
  const restored = () => {
    if (!lost) return;
    clearInterval(lost);
    lost = null;
    find("#atc-lost").hidden = true;
  };
  window.fetch = async (...request) => {
    try {
      const response = await plainFetch(...request);
      const path = new URL(response.url || location.href).pathname;
      if (path.endsWith("/queue/join") && !response.ok) turnedAway(response.clone());
      if (path.endsWith("/queue/data") && response.ok) readQueue(response.clone());
      return response;
    } catch (error) {
      if (error.name !== "AbortError") checkConnection();
      throw error;
    }
  };

  // --- the queue -------------------------------------------------------------------------------
  const turnedAway = async (response) => {
    const { error } = await response.json().catch(() => ({}));
    if (!error?.message) return; // not our words: gradio's notice is told instead
    if (waiting) settle("");
    tell(error.message);
    refusal = error.message;
  };
  const readQueue = async (response) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const lines = (rest + part.value).split("\n");
        rest = lines.pop();
        for (const line of lines) {
          if (line.includes('"msg":"estimation"')) queued(JSON.parse(line.replace(/^data:/, "")).rank);
          if (line.includes('"msg":"process_starts"')) turnCame();
        }
      }
    } catch { /* the stream broke off: the call's own reader sees to it */ }
  };

  // --- wiring ----------------------------------------------------------------------------------
  const seen = {
    "atc-conversation-box": conversationShown,
    "atc-problem-box": refused,
    "atc-source-box": sourceShown,
  };
  window.atc = {
    // called by each gradio component of ours when it is on the page
    connect(element, trigger, watch, events) {
      events.forEach((name) => { parts[name] = { element, trigger }; });
      const name = Object.keys(seen).find((id) => element.closest(`#${id}`) || element.id === id);
      if (name) watch("value", () => setTimeout(seen[name]));
      if (events.includes("ask")) ready();
    },
  };
  const ready = () => setTimeout(() => {
    const audience = find("#atc-audience");
    audience.value = preferences().audience || "";
    if (audience.selectedIndex < 0) audience.value = "";
    chosenAudience();
    if (window.speechSynthesis) speechSynthesis.getVoices(); // browsers load them when they are first asked for
    // gradio's own region would say "Loading" at every step
    all(".gradio-container .sr-only[role=status]").forEach((region) => {
      region.removeAttribute("role");
      region.setAttribute("aria-live", "off");
    });
    find(".gradio-container main").id = "atc-main";
    new MutationObserver(retell).observe(find(".toast-wrap"), { childList: true, subtree: true });
    root.classList.add("atc-ready");
  });

  const CLICKS = [
    ["[data-ask]", (button) => submit(button.dataset.ask)],
    ["[data-stop]", () => { parts.stop.trigger("stop", {}); settle("stopped"); find("#atc-question").focus(); }],
    ["[data-restart]", startAgain],
    ["[data-open]", openSource],
    ["[data-close]", backFromSource],
    ["[data-dismiss]", () => tell("")],
    ["[data-copy]", async (button) => { if (await copy(button.dataset.copy)) flash(button, "copied"); }],
    ["[data-read]", readAloud],
    ["[data-print]", () => window.print()],
    ["[data-pin]", (button) => parts.pin.trigger("pin", { turn: button.dataset.pin })],
    ["[data-keep]", (button) => parts.keep.trigger("keep", { ref: button.dataset.keep })],
    ["[data-browse]", (button) => {
      parts.browse.trigger("browse", { ref: button.dataset.browse });
      location.hash = "#/browse";
    }],
    ["[data-prefer]", (button) => { prefer(button.dataset.prefer, !preferences()[button.dataset.prefer]); applyPreferences(); }],
  ];
  document.addEventListener("click", (event) => {
    for (const [selector, act] of CLICKS) {
      const button = event.target.closest(selector);
      if (button) { act(button); return; }
    }
    const link = event.target.closest('a[href^="#"]');
    if (!link || link.hash.startsWith("#/")) return;
    const target = link.hash === "#atc-main" ? find(`#view-${root.dataset.view} h1`) : document.getElementById(link.hash.slice(1));
    if (target) { event.preventDefault(); focusOn(target, link.hash.includes("-r") ? "center" : "start"); }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "atc-form") return;
    event.preventDefault();
    submit(find("#atc-question").value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "atc-question" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit(event.target.value);
    }
    if (event.key === "Escape" && root.classList.contains("atc-source-open")) backFromSource();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "atc-audience") { prefer("audience", event.target.value); chosenAudience(); }
  });
  // gradio puts this script on the page once its own is there; the header and footer stand around its <main>
  const frame = JSON.parse(find("#atc-frame").textContent);
  document.body.insertAdjacentHTML("afterbegin", frame.header);
  // a server may run for longer than its sources stay fresh
  all("[data-due]").forEach((notice) => { if (Date.now() >= Date.parse(notice.dataset.due)) notice.hidden = false; });
  document.body.insertAdjacentHTML("beforeend", frame.footer);
  applyPreferences();
  showView(false);
  window.addEventListener("hashchange", () => showView(true));
})();
