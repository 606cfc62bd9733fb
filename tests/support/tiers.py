"""Which tests are quick: all of them take under a minute, so one takes a twentieth of a second at most."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import Final

#: Files, by pattern, whose tests take longer than that on average: they drive whole imports, clones, hooks, servers,
#: editors, locales, a browser or kills, or try many commands or random inputs.
SLOW_FILES: Final = (
    "browser/*",
    "checks/test_external_id.py",
    "ci/test_forges.py",
    "ci/test_post_due.py",
    "ci/test_propose.py",
    "ci/test_repair.py",
    "ci/test_workflows.py",
    "cli/framework/test_completion.py",
    "cli/framework/test_prompts.py",
    "cli/test_classify.py",
    "cli/test_due.py",
    "cli/test_examples.py",
    "cli/test_import_questions.py",
    "cli/test_locales.py",
    "cli/test_start_up.py",
    "computed/test_naive.py",
    "diff/test_prepare_message.py",
    "diff/test_sides.py",
    "disk/test_unified_diff.py",
    "exporters/test_round_trip.py",
    "exporters/test_sqlite.py",
    "faults/*",
    "figures/second_opinion/*",
    "git/test_moments.py",
    "git/test_objects.py",
    "git/test_partial_clones.py",
    "git/test_states.py",
    "handover/*",
    "history/test_merges.py",
    "history/test_story.py",
    "hostile/*",
    "importers/editing/*",
    "importers/plan/test_bases.py",
    "importers/plan/test_broken.py",
    "importers/plan/test_text.py",
    "importers/plan/test_unsaved.py",
    "importers/plan/test_where.py",
    "importers/rejected/*",
    "importers/test_*",
    "importers/undoing/*",
    "index/test_answer_cache.py",
    "index/test_index.py",
    "merge/test_compare.py",
    "merge/test_driver.py",
    "merge/test_matching.py",
    "merge/test_merge_*",
    "proof/*",
    "protection/backup/*",
    "protection/test_encrypted_export.py",
    "protection/test_keys.py",
    "record/change/test_commit.py",
    "record/change/test_sparse.py",
    "record/test_beside_errors.py",
    "record/test_edit.py",
    "record/test_no_new_error.py",
    "record/test_undo.py",
    "reports/named/test_any.py",
    "reports/test_publish.py",
    "setup/demo/test_generate.py",
    "setup/doctor/test_doctor.py",
    "setup/sample/test_sample.py",
    "setup/test_editors.py",
    "setup/test_hook_frameworks.py",
    "setup/test_init.py",
    "setup/test_upgrade_branches.py",
    "storage/test_checkout.py",
    "storage/test_commit.py",
    "sync/*",
    "systems/*",
    "terminal/test_output.py",
    "test_architecture.py",
    "test_errors_page.py",
    "test_i18n.py",
    "test_mistakes.py",
    "test_packaging.py",
    "test_pictures.py",
    "test_previous.py",
    "test_quick.py",
    "test_readme.py",
    "test_words.py",
    "text/edit/test_canonical.py",
    "trends/*",
    "unite/test_decisions.py",
    "unite/test_merge.py",
    "validation/test_change.py",
    "validation/test_check.py",
    "validation/test_commit_walk.py",
    "validation/test_pre_push.py",
    "validation/test_push.py",
    "validation/test_staged.py",
    "values/test_time_zones.py",
)
#: Tests that do so in files whose others don't.
SLOW_TESTS: Final = frozenset(
    {
        "checks/test_related.py::test_whatever_a_check_compares",
        "exporters/test_cells.py::test_a_value_comes_back_from_its_cell",
        "exporters/test_export.py::test_a_pipe_gets_the_bytes_of_the_file",
        "record/test_complaint.py::test_with_case_it_is_opened_in_the_same_change",
        "record/test_log.py::test_two_processes_at_once_both_land",
        "record/test_record.py::test_at_a_terminal_one_who_may_be_there_is_shown_before_anything_is_written",
        "record/test_record.py::test_at_a_terminal_what_matters_is_asked_in_chinese_or_english",
        "schema/test_meta_schema.py::test_the_meta_schema_rejects_a_keyword_outside_the_portable_subset",
        "search/test_find.py::test_any_part_of_a_value_is_found_with_the_score_of_the_record",
        "search/test_find.py::test_the_index_gives_the_answers_of_the_records",
        "search/test_find.py::test_whatever_is_typed_is_answered",
        "setup/test_upgrade.py::test_a_store_of_version_1_is_upgraded_and_keeps_the_teams_own_field",
        "templating/test_team_templates.py::test_every_page_comes_to_an_end",
        "text/read/test_load.py::test_hostile_bulk_is_answered",
        "text/test_any_file.py::test_a_zip_file_is_unpacked_up_to_a_limit",
        "text/test_secret_numbers.py::test_hardly_a_number_by_chance_is_taken_for_one",
    }
)


def is_quick(path: str, test: str) -> bool:
    """Whether a test, named without its parameters, is one of the quick ones; `path` leads from `tests` to its file."""
    return not _in_slow_file(path) and f"{path}::{test}" not in SLOW_TESTS


@cache
def _in_slow_file(path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in SLOW_FILES)
