#!/bin/sh
# crmtext shim 1: checks customer records before a push is accepted.
# Written by `crmtext hooks install --pre-receive REPOSITORY`, removed by `crmtext hooks uninstall --pre-receive`.

# Standard input can be read only once, so both hooks get a copy.
updates=$(cat)

# The previous hook runs first; if it fails, this one fails too.
before="${0%/*}/@HOOK@.before-crmtext"
if [ -x "$before" ]; then
    printf '%s\n' "$updates" | "$before" "$@" || exit $?
fi

# The environment may set these for another Python.
@CLEAN@
# -P: don't import a file in the repository's folder that has the name of a Python module.
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
crmtext is not installed on the server, so the push was not checked and is rejected.
  install it on the server:       pipx install crmtext
  or accept pushes unchecked:     rm hooks/pre-receive
服务器上没有安装 crmtext，推送无法检查，已被拒绝。
  请服务器管理员安装：    pipx install crmtext
  或放行不检查的推送：    rm hooks/pre-receive
END
exit 1
