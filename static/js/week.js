// The page of a typical week works without this file. With it, half hours are marked by dragging and from the keyboard.
"use strict";
(function () {
  var form = document.querySelector("form.marking");
  var template = document.getElementById("week-tools");
  if (!form || !template || !CSS.supports("selector(:has(a))")) { return; }
  var DAYS = 7, A_DAY = 48, HOLD = 350, NEAR = 10, MOST_STEPS = 200;

  // cells[day][index] is the half hour's own cell in the table.
  var cells = [], places = new Map();
  for (var day = 0; day < DAYS; day += 1) {
    cells.push([]);
    for (var index = 0; index < A_DAY; index += 1) {
      var first = form.elements["s" + day + "-" + index];
      if (!first) { return; }
      var cell = first[0].closest("td");
      cells[day].push(cell);
      places.set(cell, { day: day, index: index });
    }
  }

  function radio(place, value) { return cells[place.day][place.index].querySelector('input[value="' + value + '"]'); }
  function markOf(place) { return cells[place.day][place.index].querySelector("input:checked").value; }
  function setMark(place, value) { radio(place, value).checked = true; }
  function brush() { return form.querySelector('input[name="mark"]:checked').value; }
  function all(visit) {
    for (var d = 0; d < DAYS; d += 1) { for (var i = 0; i < A_DAY; i += 1) { visit({ day: d, index: i }); } }
  }
  function read() { var text = ""; all(function (place) { text += markOf(place); }); return text; }
  function draw(text) { all(function (place) { setMark(place, text[place.day * A_DAY + place.index]); }); }

  // What is said, undone and counted.
  template.after(template.content.cloneNode(true));
  var tools = { undo: form.querySelector('[data-do="undo"]'), redo: form.querySelector('[data-do="redo"]') };
  var said = form.querySelector("[data-said]");
  function say(words) { said.textContent = ""; said.textContent = words; }
  var past = [], ahead = [], now = read();

  function settle(words) {
    var after = read();
    if (after !== now) {
      past.push(now);
      if (past.length > MOST_STEPS) { past.shift(); }
      ahead = [];
      now = after;
    }
    if (words) { say(words); }
    refresh();
  }
  function refresh() {
    tools.undo.disabled = !past.length;
    tools.redo.disabled = !ahead.length;
    form.querySelectorAll("details.fold").forEach(function (fold) {
      var summary = fold.querySelector("summary");
      var count = fold.querySelectorAll('td input:checked:not([value="0"])').length;
      var words = !count ? summary.dataset.none : count === 2 ? summary.dataset.one : summary.dataset.many;
      summary.querySelector("span").textContent = words.replace("#", String(count / 2));
    });
  }
  function step(from, to, words) {
    if (!from.length) { return; }
    to.push(now);
    now = from.pop();
    draw(now);
    say(words);
    // A button that is spent cannot keep the focus.
    var was = document.activeElement;
    refresh();
    if (was && was.disabled) { (tools.undo.disabled ? tools.redo : tools.undo).focus(); }
  }
  function undo() { step(past, ahead, said.dataset.undone); }
  function redo() { step(ahead, past, said.dataset.redone); }

  // A rectangle of half hours between two of them.
  function between(a, b) {
    var found = [];
    for (var d = Math.min(a.day, b.day); d <= Math.max(a.day, b.day); d += 1) {
      for (var i = Math.min(a.index, b.index); i <= Math.max(a.index, b.index); i += 1) { found.push({ day: d, index: i }); }
    }
    return found;
  }
  function label(place, value) { return radio(place, value).getAttribute("aria-label"); }
  function told(a, b, value) {
    if (a.day === b.day && a.index === b.index) { return label(a, value); }
    var word = label(b, value);
    return label(a, value).split(",")[0] + " – " + word;
  }

  // One tab stop for the whole grid, which moves with the arrows.
  var here = { day: 0, index: 0 }, anchor = null;
  // What a closed fold hides still has its boxes.
  function shown(place) {
    var cell = cells[place.day][place.index];
    return cell.closest("details").open && cell.getClientRects().length > 0;
  }
  function stop() {
    form.querySelectorAll('.paint input[tabindex="0"]').forEach(function (input) { input.tabIndex = -1; });
    if (!shown(here)) {
      var found = null, marked = null;
      all(function (place) {
        if (!shown(place)) { return; }
        found = found || place;
        if (!marked && markOf(place) !== "0") { marked = place; }
      });
      here = marked || found || here;
    }
    radio(here, brush()).tabIndex = 0;
  }
  function range(from, to) {
    form.querySelectorAll("td.in-range").forEach(function (each) { each.classList.remove("in-range"); });
    if (from) { between(from, to).forEach(function (place) { cells[place.day][place.index].classList.add("in-range"); }); }
  }
  function go(place) {
    if (!shown(place)) {
      var fold = cells[place.day][place.index].closest("details");
      if (!fold.open) { fold.open = true; }
      var tab = document.getElementById("d" + place.day);
      if (!shown(place) && tab) { tab.checked = true; }
    }
    here = place;
    stop();
    radio(here, brush()).focus();
  }
  function mark(places, value) { places.forEach(function (place) { setMark(place, value); }); }

  var MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  form.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.target.type !== "textarea" && event.target.type !== "date") {
      var key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) { event.preventDefault(); undo(); return; }
      if (key === "y" || (key === "z" && event.shiftKey)) { event.preventDefault(); redo(); return; }
    }
    var cell = event.target.closest("td");
    if (!places.has(cell) || event.ctrlKey || event.metaKey || event.altKey) { return; }
    here = places.get(cell);
    var move = MOVES[event.key], to = null;
    if (move) {
      var sideways = document.documentElement.dir === "rtl" ? -move[0] : move[0];
      to = { day: Math.min(Math.max(here.day + sideways, 0), DAYS - 1), index: Math.min(Math.max(here.index + move[1], 0), A_DAY - 1) };
    } else if (event.key === "Home") { to = { day: 0, index: here.index };
    } else if (event.key === "End") { to = { day: DAYS - 1, index: here.index }; }
    if (to) {
      event.preventDefault();
      anchor = event.shiftKey ? anchor || here : null;
      go(to);
      range(anchor, to);
      return;
    }
    var value = /^[0-3]$/.test(event.key) ? event.key : event.key === " " || event.key === "Enter" ? brush() : null;
    if (value !== null) {
      event.preventDefault();
      var from = anchor || here;
      // A mark that is there already is taken away by the same key.
      if (!/^[0-3]$/.test(event.key) && between(from, here).every(function (place) { return markOf(place) === value; })) { value = "0"; }
      mark(between(from, here), value);
      settle(told(from, here, value));
    } else if (event.key === "Escape") {
      anchor = null;
      range(null);
    }
  });

  // Dragging. A finger holds first, since it scrolls otherwise.
  var drag = null, timer = 0, pressed = null;
  function under(event) {
    var found = document.elementFromPoint(event.clientX, event.clientY);
    return found ? places.get(found.closest("td")) : undefined;
  }
  function start(place) {
    var value = brush();
    drag = { from: place, to: place, before: now, value: markOf(place) === value ? "0" : value };
    anchor = null;
    range(null);
    stretch(place);
  }
  function stretch(place) {
    drag.to = place;
    draw(drag.before);
    mark(between(drag.from, place), drag.value);
  }
  function finish() {
    clearTimeout(timer);
    pressed = null;
    if (!drag) { return; }
    var done = drag;
    drag = null;
    here = done.to;
    stop();
    settle(told(done.from, done.to, done.value));
  }
  form.addEventListener("pointerdown", function (event) {
    var place = places.get(event.target.closest("td"));
    if (!place || event.button || !event.isPrimary) { return; }
    if (event.shiftKey) {
      anchor = anchor || here;
      mark(between(anchor, place), brush());
      settle(told(anchor, place, brush()));
      anchor = null;
      pressed = { handled: true };
      return;
    }
    pressed = { place: place, x: event.clientX, y: event.clientY };
    if (event.target.hasPointerCapture && event.target.hasPointerCapture(event.pointerId)) {
      event.target.releasePointerCapture(event.pointerId);
    }
    if (event.pointerType === "touch") {
      timer = setTimeout(function () { start(place); }, HOLD);
    } else {
      start(place);
    }
  });
  form.addEventListener("pointermove", function (event) {
    if (drag) {
      var place = under(event);
      if (place && (place.day !== drag.to.day || place.index !== drag.to.index)) { stretch(place); }
    } else if (pressed && Math.abs(event.clientX - pressed.x) + Math.abs(event.clientY - pressed.y) > NEAR) {
      clearTimeout(timer);
    }
  });
  form.addEventListener("touchmove", function (event) { if (drag) { event.preventDefault(); } }, { passive: false });
  form.addEventListener("contextmenu", function (event) { if (drag || event.target.closest(".paint td")) { event.preventDefault(); } });
  var justDragged = false;
  window.addEventListener("pointerup", function () { justDragged = !!(drag || (pressed && pressed.handled)); finish(); });
  window.addEventListener("pointercancel", function () {
    if (drag) { draw(drag.before); drag = null; }
    finish();
  });
  form.addEventListener("click", function (event) {
    var place = places.get(event.target.closest("td"));
    if (!place || event.detail === 0 || event.target.type !== "radio") { return; }
    event.preventDefault();
    if (justDragged) {
      justDragged = false;
      // The browser puts back what was checked before the click; the marks as they are now are put in again after it.
      setTimeout(function () { draw(now); stop(); radio(here, brush()).focus({ preventScroll: true }); }, 0);
      return;
    }
    // A short tap of a finger. The browser has checked the radio by now, so the mark before is the one that is kept.
    var value = now[place.day * A_DAY + place.index] === brush() ? "0" : brush();
    setTimeout(function () {
      draw(now);
      setMark(place, value);
      here = place;
      anchor = null;
      range(null);
      stop();
      settle(told(place, place, value));
    }, 0);
  });
  form.addEventListener("change", function (event) {
    if (event.target.name === "mark" || event.target.name === "day") { stop(); return; }
    if (event.target.closest(".paint")) { settle(""); }
  });
  form.addEventListener("toggle", stop, true);

  // The buttons.
  tools.undo.addEventListener("click", undo);
  tools.redo.addEventListener("click", redo);
  form.querySelector('[data-do="copy"]').addEventListener("click", function () {
    var source = Number(document.getElementById("copy-from").value);
    form.querySelectorAll("[data-copy-to]:checked").forEach(function (box) {
      for (var i = 0; i < A_DAY; i += 1) {
        setMark({ day: Number(box.value), index: i }, markOf({ day: source, index: i }));
      }
      box.checked = false;
    });
    settle(said.dataset.copied);
  });

  form.querySelectorAll(".paint input").forEach(function (input) { input.tabIndex = -1; });
  form.classList.add("is-live");
  stop();
  refresh();
})();
