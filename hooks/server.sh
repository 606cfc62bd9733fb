#!/bin/sh
# crmtext shim 1: checks customer records before a repository takes what is pushed to it.
# Written by `crmtext hooks install --pre-receive REPOSITORY`, taken away by `crmtext hooks uninstall --pre-receive`.

# What git tells a hook can be read once: each of the two gets a copy.
updates=$(cat)

# The hook that was here before comes first; if it fails, so does this one.
before="${0%/*}/@HOOK@.before-crmtext"
if [ -x "$before" ]; then
    printf '%s\n' "$updates" | "$before" "$@" || exit $?
fi

# Whoever runs git may have set these for a Python of its own.
@CLEAN@
# -P: a file of the repository's folder named like a Python module must not be run.
python=@PYTHON@
if [ -x "$python" ] && "$python" -P -c 'import crmtext' 2>/dev/null; then
    printf '%s\n' "$updates" | "$python" -P -m crmtext hook '@HOOK@'
    exit $?
fi
if command -v crmtext >/dev/null 2>&1; then
    printf '%s\n' "$updates" | crmtext hook '@HOOK@'
    exit $?
fi

cat >&2 <<'END'
crmtext is not installed on the server, so the push could not be checked and is refused.
  whoever runs the server installs it:  pipx install crmtext
  or lets pushes through unchecked:     rm hooks/pre-receive
服务器上没有安装 crmtext，推送无法检查，已被拒绝。
  请服务器管理员安装：    pipx install crmtext
  或放行不检查的推送：    rm hooks/pre-receive
END
exit 1
