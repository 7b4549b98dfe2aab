# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the set-up and the VM scripts share: where things are kept, and which
# kernel the archive offers.

# The kernel the guests boot follows this Debian package.
# shellcheck disable=SC2034
L2A_KERNEL_META=linux-image-amd64
# The kernel's own selftests and YNL tools come from this one.
# shellcheck disable=SC2034
L2A_SOURCE_PACKAGE=linux-source-6.12

# shellcheck disable=SC2034
L2A_TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck disable=SC2034
L2A_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/l2announce

# A message has one line; $L2A_ME names the script.
say()
{
	echo "$L2A_ME: $*" >&2
}

die()
{
	say "$@"
	exit 1
}

# Print "PACKAGE VERSION" of the newest kernel image in apt's lists; nothing
# when apt has no lists yet.
kernel_package()
{
	local pkg version

	pkg=$(apt-cache depends "$L2A_KERNEL_META" 2>/dev/null |
	      sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
	[ -n "$pkg" ] || return 0
	version=$(package_field "$pkg" Version)
	[ -n "$version" ] && echo "$pkg $version"
}

# Print the package of the source of that kernel, of the same series.
kernel_source_package()
{
	kernel_package |
		sed -n 's/^linux-image-\([0-9]*\.[0-9]*\).*/linux-source-\1/p'
}

# package_field PACKAGE[=VERSION] FIELD: one field of apt's record.
package_field()
{
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n "s/^$2: //p" | head -n 1
}

# Print the version of an installed package, nothing when it is not installed.
installed_version()
{
	dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null |
		sed -n 's/^installed //p' | head -n 1
}

# debian_mirror LABEL DEFAULT: print the archive of this label (Debian,
# Debian-Security) that this machine's apt uses, or the default.
debian_mirror()
{
	local found

	# shellcheck disable=SC2016 # for apt
	found=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' |
		sed -n "s/^$1 //p" | head -n 1)
	found=${found:-$2}
	echo "${found%/}"
}

# at_hand PROGRAM...: in a guest, what is started again and again, into memory:
# over 9p, each start of a program asks the host for every library and the locale.
# To touch a file is to copy it into the overlay. What is not there is left out.
at_hand()
{
	local name path programs=()

	for name; do
		path=$(type -P "$name") && programs+=("$path")
	done
	ldd "${programs[@]}" | grep -o '/[^ :]*' | sort -u |
		xargs touch -c "${programs[@]}" /etc/ld.so.cache
	# Called C.UTF-8 or C.utf8, where it is no part of libc.
	find /usr/lib/locale -path '*/C.*' -type f -exec touch {} +
}

# What a module of User Mode Linux is made with: UBSAN is off there by default.
# shellcheck disable=SC2034
L2A_UML_MAKE=(ARCH=um UBSAN_SANITIZE=y)

# is_uml FOLDER: whether the kernel there is User Mode Linux.
is_uml()
{
	[ -e "$1/linux" ]
}
