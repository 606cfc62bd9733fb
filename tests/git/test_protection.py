"""What a server says of a push that it rejects: in the words of GitHub, GitLab and Gitea, and as hooks may put it."""

from __future__ import annotations

import pytest

from crmtext.git import protection

GH006 = "error: GH006: Protected branch update failed for refs/heads/main.\n"
GH013 = (
    "error: GH013: Repository rule violations found for refs/heads/main.\n"
    "Review all repository rules at https://github.com/secret/files/rules?ref=refs%2Fheads%2Fmain\n\n"
)
REQUEST = "Changes must be made through a pull request."
PROTECTED = {
    "GitHub": f"{GH006}error: {REQUEST}",
    "GitHub, a list": f"{GH006}\n- {REQUEST}\n- 3 of 3 required status checks are expected.",
    "GitHub, a review": f"{GH006}error: At least 1 approving review is required by reviewers with write access.",
    "GitHub, a merge queue": f"{GH006}error: Changes must be made through the merge queue {REQUEST}",
    "GitHub, restricted": f"{GH006}error: You're not authorized to push to this branch.",
    "GitHub's rulesets": f"{GH013}- {REQUEST}\n",
    "GitHub's rulesets, more": f"{GH013}- {REQUEST}\n\n- 12 of 12 required status checks are expected.\n\n"
    "- Code scanning is waiting for results from CodeQL for the commit cfbb5c1.",
    "GitHub's rulesets, closed": f"{GH013}- Cannot update this protected ref.",
    "GitHub, its reason alone": "protected branch hook declined",
    "GitLab": "GitLab: You are not allowed to push code to protected branches on this project.",
    "GitLab, a merge": "GitLab: You are not allowed to merge code into protected branches on this project.",
    "Gitea": "\nGitea: Not allowed to push to protected branch main",
    "Forgejo": "\nForgejo: Not allowed to push to protected branch main",
    "old Gitea": "protected branch main can not be pushed to",
    "another forge": "Branch refs/heads/main can only be modified through pull requests.",
    "a hook": "main is protected",
    "another hook": "*** Direct pushes to main are not allowed. ***",
    "a third hook": "Manual pushes to the main branch is restricted!!",
    "a fourth hook": "ERROR: you may not push to refs/heads/main",
    "a fifth hook": "refs/heads/main: pushes are not allowed, use a branch",
    "a sixth hook": "main is read-only",
    "a seventh hook": "protected: main",
    "locked": f"{GH006}- Cannot change this locked branch",
    "a hook in Chinese": "main 是受保护分支，请提交合并请求",
    "another hook in Chinese": "禁止直接推送到 main",
}
ELSE = {
    "our hook": "commit 0123456789 on main by 李雷: push to the protected branch main\n"
    "records/C1.yaml:4:9: error: unknown value 'nonsense' for 'status' [enum]\n"
    "Push rejected: 1 commit introduces errors. The server kept nothing of this push.",
    "our hook in Chinese": "records/C1.yaml:5: 错误: 这像是身份证号 [resident-id]\n推送被拒绝：main 受保护",
    "our hook, no place": "error: the check did not finish within 300 seconds: is main protected? [push-too-large]",
    "a rewritten main": "main: error: the push removes commits that others have [main-branch]",
    "GitHub, a secret": f"{GH013}- GITHUB PUSH PROTECTION\n    - Push cannot contain secrets",
    "GitHub, a secret, too": f"{GH013}- {REQUEST}\n- Push cannot contain secrets",
    "GitHub, signatures": f"{GH006}error: Commits must have verified signatures.",
    "GitHub, by force": f"{GH006}- Cannot force-push to this branch",
    "GitHub, an address": "error: GH007: Your push would publish a private email address.",
    "GitHub, size": "error: GH001: Large files detected. You may want to try Git Large File Storage",
    "Gitea, signatures": "Gitea: Branch main is protected from unverified commit 0123456",
    "Gitea, a file": "Gitea: Branch main is protected from changing file crmtext.toml",
    "GitLab, a message": "GitLab: Commit message does not follow the pattern 'X'",
    "GitLab, a role": "GitLab: You are not allowed to push code to this project.",
    "a number": "resident ID found; do not push it to main",
    "records": "records/C1.yaml is wrong: not pushed to main",
    "a check": "validation failed, do not push this to main",
    "sensitive": "ID number found: pushes of sensitive data to the protected branch main are rejected",
    "closed": "main is closed today",
    "git itself": "error: refusing to update checked out branch: refs/heads/main",
    "nothing": "",
}


@pytest.mark.parametrize("said", PROTECTED.values(), ids=PROTECTED)
def test_what_is_said_of_a_protected_branch_is_known(said: str) -> None:
    assert protection.is_protection(said.splitlines(), "main")


@pytest.mark.parametrize("said", ELSE.values(), ids=ELSE)
def test_what_is_said_against_the_commits_is_no_protection(said: str) -> None:
    assert not protection.is_protection(said.splitlines(), "main")
