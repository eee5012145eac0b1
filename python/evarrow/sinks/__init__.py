# SPDX-License-Identifier: Apache-2.0
"""Files that the package writes: one module a format."""
