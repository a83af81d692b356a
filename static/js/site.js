// The site works without this file. It only saves people work: choosing their time zone, and selecting a text to copy.
"use strict";
(function () {
  var zone = "";
  try { zone = Intl.DateTimeFormat().resolvedOptions().timeZone || ""; } catch (error) { return; }
  if (!zone) { return; }

  // Visitors see times in their own zone from the second page on.
  if (!/(^|; )zone=/.test(document.cookie)) {
    var secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = "zone=" + zone + "; Path=/; Max-Age=31536000; SameSite=Lax" + secure;
  }

  // A form that asks for the zone and has no answer yet starts with the browser's. Old names are understood.
  document.querySelectorAll('select[name="time_zone"]').forEach(function (select) {
    if (select.value) { return; }
    var known = Array.prototype.some.call(select.options, function (option) { return option.value === zone; });
    if (!known) { select.add(new Option(zone.split("/").pop().replace(/_/g, " "), zone)); }
    select.value = zone;
  });
})();
(function () {
  if (!navigator.clipboard) { return; }
  // A text that is there to be pasted elsewhere gets a button. It says that it is done to screen readers as well.
  document.querySelectorAll("textarea[data-copy], input[data-copy]").forEach(function (area) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--plain";
    button.textContent = area.dataset.copy;
    var said = document.createElement("span");
    said.className = "meta";
    said.setAttribute("role", "status");
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(area.value).then(function () { said.textContent = area.dataset.copied; }, function () { area.select(); });
    });
    var row = document.createElement("p");
    row.className = "cluster";
    row.append(button, said);
    area.after(row);
  });
})();
