"""Rules of the world around: the folder, the disk, and git."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "no-store": """\
A command works inside a store: a folder with `crmtext.toml`, or below one.

Instead: Go there with cd, name it with `crmtext -C DIR`, or make one with `crmtext init`.
""",
        "store-exists": """\
A store is made where none is yet.

Why: Nothing that is there is ever overwritten.

Instead: In a clone of a store run `crmtext hooks install`; else name another folder.
""",
        "folder-not-empty": """\
A store with generated customers is made in a new folder.

Instead: Name a folder that is not there yet.
""",
        "no-folder": """\
The folder that is named is there.

Instead: Look for a mistyped name, or make it with mkdir.
""",
        "io": """\
The system lets the program read and write where it has to.

Instead: The message says what was refused, and of which file.
""",
        "template": """\
A template of the store can be read, ends, and reaches for nothing outside the report.

Why: A template comes with a clone as records do, and is not trusted with more.

Instead: Mend it, or take it away from `templates/`: the one that ships with the program is used then.
""",
        "not-writable": """\
Who writes may write there.

Instead: `ls -l` shows who may; ask whoever owns the folder.
""",
        "disk-full": """\
There is room on the disk.

Why: The file is as it was: a new one is put in its place only when all of it is written.

Instead: Make room, then run the command again.
""",
        "write-failed": """\
The system writes what it is asked to.

Instead: The message says what the system answered; the file is as it was.
""",
        "changed-meanwhile": """\
A file is written only if it still is as it was read.

Why: An editor or a colleague may have saved it in between, and their work must not be lost.

Instead: Run the command again: it then starts from what is there now.
""",
        "locked": """\
One writer works at a time.

Instead: Wait a moment and run the command again; `check.lock_seconds` in the settings says how long it waits by
itself.
""",
        "no-git": """\
git 2.36 or newer is installed.

Instead: Install it from https://git-scm.com/downloads or with your system's package manager.
""",
        "git-failed": """\
git does what it is asked to.

Instead: The message holds git's own words. `git status` mostly tells more.
""",
        "git-locked": """\
One git program works in a repository at a time.

Instead: Wait for it to end. If none runs, remove the .lock file that is named.
""",
        "git-runs-program": """\
A repository's own settings run no program of their own.

Why: A repository that came as a folder, not by cloning, may bring settings that run what somebody else wrote.

Instead: If the program is yours, name it in your own settings: `git config --global`.
""",
        "worktree-elsewhere": """\
The work tree is the folder in which `.git` lies.

Why: A repository that came as a folder may say by `core.worktree` that git is to read and write elsewhere on the disk.

Instead: Take the setting out with the command that is shown. If it is yours, say it by `GIT_DIR` and `GIT_WORK_TREE`.
""",
        "remote-inside": """\
The others' copy is not part of the clone.

Why: git runs the hooks of a repository that lies on the same disk, and one inside the clone came with it.

Instead: Name the address that your colleagues use: `git remote set-url origin ADDRESS`.
""",
        "no-repository": """\
Commits, hooks and history need a git repository.

Instead: Make one in the store's folder: `git init`.
""",
        "no-work-tree": """\
Records are written in a clone with a work tree.

Instead: `git clone` it, and work there.
""",
        "no-identity": """\
git knows who you are.

Why: Every commit names its author, and the team list knows colleagues by it.

Instead: `git config --global user.name "…"` and `git config --global user.email "…"`.
""",
        "head-moved": """\
A commit is put on top of the commit it was made for.

Why: Somebody committed here in the moment between.

Instead: Run the command again.
""",
        "staged-changes": """\
What you have staged stays yours: a command does not commit over it.

Instead: Commit it first, or take it back with `git restore --staged FILE`.
""",
        "merge-in-progress": """\
A merge, rebase or the like is finished before a command commits.

Instead: Go on with `git merge --continue`, or drop it with `git merge --abort`; `git status` tells which.
""",
        "main-branch": """\
A push adds to the main branch: it neither deletes it nor takes back what is there.

Why: Others have built on those commits; theirs would come back, or be lost.

Instead: `git pull` and push again; undo a mistake with `git revert`, which is a commit of its own.
""",
        "replace-ref": """\
A push changes no `refs/replace/*`.

Why: Such a ref makes git read another object than the one that was checked.

Instead: Rewrite the commits themselves, or keep the replacement in your clone.
""",
        "push-too-large": """\
A push is checked whole, within limits of time and size.

Why: What is not checked must not enter a history that never forgets.

Instead: Push fewer commits at a time. `git config crmtext.pushSeconds N` and `git config crmtext.pushMegabytes N` in
the repository that checks set other limits. A text file of more than 32 MiB is split or kept out of git.
""",
        "hooks-elsewhere": """\
Hooks are written into the clone's own hooks folder.

Why: `core.hooksPath` has git look elsewhere, where others' hooks may be.

Instead: Run the command that is shown, and git takes them from the clone; or add the lines to the hooks there.
""",
        "hook-in-the-way": """\
A hook that was there before is kept under one name.

Instead: Look at both files that are named, and remove the one that is not needed.
""",
        "no-branch": """\
What is sent belongs to a branch.

Instead: `git switch main`; what was committed without a branch is found by `git reflog`.
""",
        "branch-changed": """\
What is fetched for one branch is merged into that branch.

Why: Another one was checked out while `crmtext sync` asked for what came.

Instead: Run the command again.
""",
        "no-upstream": """\
A branch that is synced has an upstream.

Instead: Set it once: `git push -u origin BRANCH`; without a remote, `git remote add origin URL` before.
""",
        "nothing-committed": """\
What is sent is committed.

Why: `crmtext sync` commits nothing by itself: what you have not finished stays yours.

Instead: `crmtext sync -m TEXT` commits and pushes it. Writing commands commit what they change, unless
crmtext.toml says `commit = "never"`.
""",
        "unreachable": """\
The copy that all share can be reached.

Why: Where `git fetch` failed nothing was changed here; where `git push` did, what came is merged here and nothing was
sent.

Instead: `git remote -v` shows the address. Look at your connection, and at your right to
read and write there.
""",
        "history-rewritten": """\
A commit that was sent to the copy that all share stays there.

Why: Somebody took commits back over there with a push by force. Your clone still has them and would send them again.
Nothing was changed here.

Instead: Talk to your colleagues. The hint names the command that puts your own commits alone on what is there now.
""",
        "push-refused": """\
The copy that all share takes what is sent.

Why: A hook or a rule over there rejected it, in the words that are shown. Your work is merged and committed here.

Instead: Fix what it says, and sync again. If nobody may push to main, set `push = "branch"` under `[sync]` in
crmtext.toml: your commits then go to the branch crm/HANDLE, to be merged there.
""",
        "push-hook": """\
What another tool's hook is to see before it is sent is sent by git.

Why: The large files of `git lfs` go along by such a hook, for one. crmtext runs no program that lies in a clone:
whoever made the clone would have it run. What came is merged here, and what is to be sent was checked.

Instead: Type the `git push` that is shown: git runs the hook. Where nobody needs it, take the file away.
""",
        "others-quicker": """\
Between merging and sending nobody else sends.

Why: Each time somebody does, theirs is merged first; after some tries the command lets you decide.

Instead: Run the command again.
""",
        "uncommitted-changes": """\
A record that colleagues changed has no changes here that are not committed.

Why: Merging would write over what you have not finished; so nothing was touched.

Instead: `git commit` your change, or put it aside with `git stash -u`; then sync again, and `git stash pop`.
""",
        "no-conflict": """\
A side is chosen of what is in conflict.

Instead: `crmtext resolve` lists what is left to decide, with the names to type.
""",
        "not-two-customers": """\
Both sides are kept where a file holds two customers that got the same id.

Why: Of one field there can be one value only.

Instead: Choose --ours or --theirs, or edit the record.
""",
        "resolve-unreadable": """\
A record stays readable when a side is chosen.

Why: The markers were changed by hand, or the file was broken before the merge.

Instead: Edit the file: keep what is right, delete the lines with <<<<<<<, ======= and >>>>>>>, then `git add` it.
""",
    }
)
