# SPDX-License-Identifier: GPL-2.0
#
# bash completion for l2ctl: the grammar, and what lives now: VIPs, leases,
# devices, services, nodes.

# The first column of a table l2ctl prints, without its heading.
_l2ctl_names()
{
	l2ctl "${where[@]}" "$@" 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_l2ctl_devices()
{
	local path
	for path in /sys/class/net/*; do
		printf '%s\n' "${path##*/}"
	done
}

_l2ctl_reply()
{
	# shellcheck disable=SC2207 # no name here contains a blank
	COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

# Values of the keyword before the cursor; fails if it is no keyword.
_l2ctl_value()
{
	case $prev in
	dev)
		_l2ctl_reply "$(_l2ctl_devices)" ;;
	state)
		_l2ctl_reply "active standby" ;;
	lease)
		_l2ctl_reply "$(_l2ctl_names lease show) none" ;;
	ttl | refresh)
		_l2ctl_reply "300ms 2s 1m 1h" ;;
	announce)
		[[ $noun == announce ]] && return 1
		_l2ctl_reply "3 3/1100ms" ;;
	deliver)
		_l2ctl_reply "route none" ;;
	check)
		_l2ctl_reply "command tcp http none" ;;
	command | tcp | status | rise | fall)
		_l2ctl_reply "" ;;
	http)
		_l2ctl_reply "http://127.0.0.1/" ;;
	interval | timeout)
		_l2ctl_reply "500ms 1s 5s 1m" ;;
	node | prefer)
		[[ $noun == node ]] && return 1
		_l2ctl_reply "$(_l2ctl_names node show)" ;;
	vip)
		[[ $noun == vip ]] && return 1
		_l2ctl_reply "" ;;
	token | max-vips | announce-rate | announce-burst)
		_l2ctl_reply "" ;;
	*)
		return 1 ;;
	esac
}

# What may stand after a check's target.
_l2ctl_check_words()
{
	[[ " ${words[*]} " != *" check "* ]] ||
		echo "interval timeout rise fall status"
}

# What may stand after a noun and a verb, when no keyword asks for a value.
_l2ctl_words()
{
	case "$noun $verb" in
	"vip add")
		_l2ctl_reply "dev state lease token announce refresh" ;;
	"vip set")
		_l2ctl_reply "$(_l2ctl_names vip show) lease dev state lease token announce refresh" ;;
	"vip del")
		_l2ctl_reply "$(_l2ctl_names vip show) dev" ;;
	"vip show")
		_l2ctl_reply "$(_l2ctl_names vip show) dev lease" ;;
	"vip flush")
		_l2ctl_reply "dev lease" ;;
	"lease renew")
		_l2ctl_reply "$(_l2ctl_names lease show) ttl since token" ;;
	"lease release")
		_l2ctl_reply "$(_l2ctl_names lease show)" ;;
	apply*)
		if [[ $prev == -f || $prev == --file ]]; then
			compopt -o default 2>/dev/null
		else
			_l2ctl_reply "-f --dry-run --prune"
		fi ;;
	"settings set")
		_l2ctl_reply "max-vips announce-rate announce-burst" ;;
	"service add")
		_l2ctl_reply "vip dev node prefer deliver check $(_l2ctl_check_words)" ;;
	"service set")
		_l2ctl_reply "$(_l2ctl_names service show) vip dev node prefer deliver check $(_l2ctl_check_words)" ;;
	"service del" | "service show")
		_l2ctl_reply "$(_l2ctl_names service show)" ;;
	"node drain" | "node undrain" | move*)
		_l2ctl_reply "$(_l2ctl_names node show)" ;;
	announce*)
		_l2ctl_reply "$(_l2ctl_names vip show) all dev lease" ;;
	esac
}

_l2ctl_verbs()
{
	case $noun in
	vip)
		_l2ctl_reply "add set del flush show help" ;;
	lease)
		_l2ctl_reply "renew release show help" ;;
	settings)
		_l2ctl_reply "set show help" ;;
	service)
		_l2ctl_reply "add set del show help" ;;
	node)
		_l2ctl_reply "show drain undrain help" ;;
	move | why)
		_l2ctl_reply "$(_l2ctl_names service show) help" ;;
	announce | apply)
		_l2ctl_words ;;
	monitor | stats | status | reload)
		_l2ctl_reply "help" ;;
	esac
}

# The words up to the cursor. bash would cut an IPv6 address at its colons.
_l2ctl_split()
{
	read -ra words <<< "${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} != *[[:blank:]] ]] || words+=("")
	cur=${words[-1]}
	prev=${words[-2]}
}

# bash replaces only what stands behind the last of these.
_l2ctl_behind()
{
	local before=${cur%"${cur##*"$1"}"}

	[[ $COMP_WORDBREAKS == *"$1"* ]] || return 0
	COMPREPLY=("${COMPREPLY[@]#"$before"}")
}

_l2ctl()
{
	local words=() where=() cur prev noun='' verb='' i

	COMPREPLY=()
	_l2ctl_split
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		case ${words[i]} in
		--socket)
			i=$((i + 1))
			where=(--socket "${words[i]}") ;;
		-b | --batch)
			i=$((i + 1)) ;;
		-*)
			;;
		*)
			if [[ -z $noun ]]; then
				noun=${words[i]}
			elif [[ -z $verb ]]; then
				verb=${words[i]}
			fi ;;
		esac
	done

	if [[ $prev == --socket || $prev == -b || $prev == --batch ]]; then
		compopt -o default 2>/dev/null
	elif [[ -z $noun && ( $cur == --color=* || $cur == -c=* ) ]]; then
		_l2ctl_reply "${cur%%=*}=auto ${cur%%=*}=always ${cur%%=*}=never"
	elif [[ -z $noun && $cur == -* ]]; then
		_l2ctl_reply "-j --json -p --pretty -s --statistics -c --color -w --watch -b --batch --force --socket -V --version -h --help"
	elif [[ -z $noun ]]; then
		_l2ctl_reply "vip lease announce monitor stats settings service apply node move why status reload help"
	elif [[ -z $verb ]]; then
		_l2ctl_verbs
	elif ! _l2ctl_value; then
		_l2ctl_words
	fi
	_l2ctl_behind :
	_l2ctl_behind "="
}

complete -F _l2ctl l2ctl
