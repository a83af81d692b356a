// The site works without this file. It only saves people a choice: their time zone.
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
