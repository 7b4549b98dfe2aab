#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Writes the seeds of the fuzzers: corpus.sh DIR. Well-formed inputs, a few of
# each kind; the fuzzer takes them apart.
set -euo pipefail

out=$1

# text FUZZER INPUT...: one seed an input
text()
{
	local dir=$out/$1 n=0 input
	shift
	mkdir -p "$dir"
	for input; do
		n=$((n + 1))
		printf '%b' "$input" > "$dir/$n"
	done
}

# Bytes of numbers in host order (little endian), as printf escapes.
u8()  { printf '\\x%02x' "$1"; }
u16() { u8 $(($1 & 255)); u8 $(($1 >> 8 & 255)); }
u32() { u16 $(($1 & 65535)); u16 $(($1 >> 16 & 65535)); }
u64() { u32 $(($1 & 4294967295)); u32 $(($1 >> 32 & 4294967295)); }

# How many bytes a string of escapes stands for.
bytes() { printf '%s' $((${#1} / 4)); }

pad()
{
	local n
	for ((n = $(bytes "$1"); n % 4; n++)); do
		u8 0
	done
}

# attr TYPE BYTES
attr()
{
	u16 $(($(bytes "$2") + 4))
	u16 "$1"
	printf '%s' "$2"
	pad "$2"
}

# nlmsg TYPE FLAGS BODY
nlmsg()
{
	u32 $(($(bytes "$3") + 16))
	u16 "$1"
	u16 "$2"
	u32 1
	u32 1
	printf '%s' "$3"
}

chars()
{
	local i
	for ((i = 0; i < ${#1}; i++)); do
		u8 "$(printf '%d' "'${1:i:1}")"
	done
	u8 0
}

genl() { u8 "$1"; u8 1; u16 0; }

vip()
{
	attr 1 "$(u16 2)"
	attr 2 "$(u8 12)$(u8 0)$(u8 0)$(u8 100)"
	attr 3 "$(u32 5)"
	attr 4 "$(chars eth0)"
	attr 5 "$(u32 1)"
	attr 6 "$(u32 7)"
	attr 7 "$(u64 9)"
	attr 11 "$(u8 1)"
	attr 12 "$(u64 1000)"
	attr 17 "$(u16 1)$(u16 2)$(u16 3)"
}

lease()
{
	attr 1 "$(u32 7)"
	attr 2 "$(u64 99999999999)"
	attr 3 "$(u64 9)"
	attr 4 "$(u8 1)"
	attr 5 "$(u32 2)"
}

stats()
{
	local i
	attr 1 "$(u32 1)"
	attr 2 "$(u32 2)"
	for ((i = 3; i <= 13; i++)); do
		attr "$i" "$(u64 "$i")"
	done
}

refusal()
{
	local range
	range="$(attr 4 "$(u64 0)")$(attr 5 "$(u64 255)")"
	u32 4294967274			# -22
	u32 36; u16 30; u16 5; u32 1; u32 1
	attr 1 "$(chars 'integer out of range')"
	attr 2 "$(u32 20)"
	attr 32772 "$range"
}

text duration 300ms 2s 1m 1h 0s 9223372036854ms 18446744073709551616h -1s 1.5s
text address 12.0.0.100 2001:db8::1 ::ffff:1.2.3.4 fe80::1%eth0 1.2.3.4/24
text args 'vip\n12.0.0.100\ndev\neth*\nnode\nn1\nprefer\nn2\ndeliver\nroute' \
	'state\nactive\nlease\n7\ntoken\n9\nannounce\n3/1100ms\nrefresh\n1m' \
	'12.0.0.100\ndev\nlo\nlease\nnone'
text answer \
	"$(nlmsg 30 2 "$(genl 3)$(vip)")" \
	"$(nlmsg 30 0 "$(genl 12)$(vip)")$(nlmsg 30 0 "$(genl 16)$(vip)")" \
	"$(nlmsg 30 2 "$(genl 7)$(lease)")$(nlmsg 3 2 "$(u32 0)")" \
	"$(nlmsg 30 0 "$(genl 14)$(lease)")" \
	"$(nlmsg 30 0 "$(genl 11)$(stats)")" \
	"$(nlmsg 30 0 "$(genl 10)$(attr 1 "$(u32 1)")$(attr 2 "$(u32 2)")")" \
	"$(nlmsg 2 768 "$(refusal)")" \
	"$(nlmsg 3 2 "$(u32 2147483648)")" \
	"$(nlmsg 3 514 "$(u32 4294967294)$(attr 1 "$(chars 'no such VIP')")")"
