"""Who gets what at which address: the whole site as one table, and Django's admin by one rule.

`table/` has a file for each app. A row says what each role gets at one address, by GET and by an empty POST:

    row("projects:blocker-close", visitor=IN, member=404, author=BLOCKER, blocker_handler=(BLOCKER, 404))

- The roles are those of `scene.py`. Every row says what a `visitor` gets, and a `member`, which is what everybody gets
  who is signed in and not named in the row. `everyone=` stands for the two.
- What somebody gets is a status; `IN`, the way to the sign-in; or `"→ /groups/"`, any other redirect. One value is for
  both methods, a pair is `(GET, POST)`. `FORM` is `(200, 422)`: a page with a form, which comes back when it is empty.
- `"→ /groups/"` as an answer to a POST says that it has written something, `"↩ /groups/"` that it has not. `told(…)` is
  for whoever is led to the same place by both methods, and is told there why nothing was done.
- `page(…)` is a row of an address that is only read: a POST to it is a 405.

To add an address, write its row. What its route takes, such as `slug` and `session_id`, stands in `ABOUT` in
`scene.py`, which also makes whatever they are about. A second row of the same address is about something else, and has
a name:

    page("reading_groups:group-detail", "draft", about={"slug": "draft"}, everyone=404, group_organizer=200, admin=200)

`sends={…}` is for a POST that says nothing about rights while it is empty. An endpoint for programs that takes further
methods names all of them, `methods=("GET", "PATCH")`, and gives a value for each.

The tests ask as each role, every time in the same scene. An address without a row fails by its name, as do a row
without an address, a GET that writes, and a refusal after something was written.
"""
