# SPDX-License-Identifier: Apache-2.0
"""What filters and representations must be equal to, and the tests that say so."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

PYTHON = "python/test_"
CHECKS = {
    "stacked histogram of seven events": "representation_counts.py: a_stacked_histogram_of_seven",
    "its counts wrap, or stay": "representation_counts.py: counts_of_rvt_wrap_before_they_are",
    "its bins in float32": "representation_counts.py: bins_of_rvt_are_found_in_single_precision",
    "its windows hold both ends": "representation_counts.py: windows_of_rvt_hold_both_ends",
    "what RVT makes, as evlib has it": "representation_peers.py: evlib_stacked_histograms_of_rvt",
    "every second pixel of it": "representation_stacks.py: every_second_pixel_of_a_histogram",
    "times that step back": "augment.py: times_that_step_back_are_held",
    "mixed density stack": "representation_stacks.py: a_mixed_density_stack_counts_ever_longer",
    "voxel grid of five events": "representation_voxels.py: profiles_of_five_events",
    "that of tonic and of evlib": "representation_peers.py: voxel_grids_of_five_events",
    "voxel grid, double precision": "representation_peers.py: tonic_and_evlib_voxel_grids",
    "voxel grid, single precision": "representation_voxels.py: the_grid_is_that_of_its_definition",
    "mass of a voxel grid": "representation_voxels.py: mass_is_conserved_where_it_is_said_to_be",
    "normalization": "representation_voxels.py: values_are_normalized_as_asked",
    "rectified at x = -0.5": "representation_voxels.py: rectified_events_are_shared_out_to_four",
    "frames of equal spans": "representation_peers.py: tonic_frames_of_equal_spans",
    "frames of a length": "representation_peers.py: tonic_frames_of_a_length",
    "frames of a count": "representation_peers.py: tonic_frames_of_a_count",
    "40000 events in int16": "representation_peers.py: tonic_counts_wrap",
    "40000 events in uint32": "representation_counts.py: counts_wrap_only_where_asked",
    "time surface of three events": "representation_surfaces.py: a_surface_of_three_events",
    "time surface": "representation_peers.py: tonic_and_evlib_time_surfaces",
    "HATS of two events": "representation_surfaces.py: surfaces_of_cells_are_averaged",
    "HATS": "representation_peers.py: tonic_averaged_surfaces",
    "TORE": "representation_surfaces.py: tore_holds_logarithms_of_ages",
    "Bina-Rep": "representation_surfaces.py: bits_are_read_as_a_fraction",
    "refractory, kept": "filters/refractory_test.cc: counted from the last event that was kept",
    "refractory, evlib": "filters/refractory_test.cc: evlib counts from the last event there was",
    "refractory, tonic": "filters/refractory_test.cc: tonic drops a first event",
    "background activity": "filters/background_activity_test.cc: recent for less than the window",
    "background activity, dv": "filter_peers.py: filters_of_dv_processing",
    "k noise": "filters/neighbours_test.cc: an event supports others up to the window",
    "contrast": "filters/pixels_test.cc: the second event of a burst is kept",
    "trail": "filters/pixels_test.cc: the first event of a burst is kept",
    "fast decay": "filters/neighbours_test.cc: the seventh event at one place is kept",
    "augmentations of tonic": "augment_peers.py: time_jitter",
    "a fifth of a thousand": "augment_peers.py: drop_events_leaves_out_a_fifth_of_a_thousand",
    "filters of tonic": "filter_peers.py: filters_of_tonic",
    "contrast of a moving point": "representation_warping.py: the_contrast_of_a_moving_point",
    "gradient of the contrast": "representation_warping.py: gradients_are_the_limits",
    "event structural ratio": "metrics.py: the_structural_ratio_of_known_packets",
}


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_has_its_test(check):
    file, words = CHECKS[check].split(": ")
    if file.endswith(".cc"):
        assert words in (TESTS / file).read_text()
    else:
        assert f"def test_{words}" in (TESTS / (PYTHON + file)).read_text()
