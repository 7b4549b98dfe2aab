#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tokens only grow. An older one is refused; a newer one silences at once, and
# whole, what an earlier life of the controller activated, and a renewal under
# the new token does not revive it: a late claim stays dead.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

begin neighbor worker1
plan 14
capture_start
on worker1 ip addr add "$VIP/32" dev lo

on worker1 l2ctl lease renew 1 ttl 10m token 5
on worker1 l2ctl vip add "$VIP" dev eth0 lease 1 token 5
ask 3
check "under its token the VIP is answered" saw answered=3

refused "an older token does not renew" 'token' \
	on worker1 l2ctl lease renew 1 ttl 10m token 4
refused "nor activate" 'token' \
	on worker1 l2ctl vip add "$VIP2" dev eth0 lease 1 token 4
refused "nor change" 'token' \
	on worker1 l2ctl vip set "$VIP" dev eth0 state active token 4
refused "a token the lease has not reached does not activate" 'token' \
	on worker1 l2ctl vip add "$VIP2" dev eth0 lease 1 token 6
refused "a refused VIP was not added by half" . \
	on worker1 l2ctl vip del "$VIP2" dev eth0
start=$(now)
ask 3
check "refusals leave the answering alone" saw --since "$start" -- answered=3

on worker1 l2ctl lease renew 1 ttl 10m token 6
start=$(now)
ask 5
check "a newer token silences what the older one activated" \
	saw --since "$start" -- requests=5 replies=0
check "which is shown" vip_is worker1 answering false
on worker1 l2ctl lease renew 1 ttl 10m token 6
on worker1 l2ctl lease renew 1 ttl 10m
start=$(now)
ask 3
check "renewing under the new token does not revive it" \
	saw --since "$start" -- requests=3 replies=0 announcements=0

start=$(now)
on worker1 l2ctl vip set "$VIP" dev eth0 state active token 6
ask 3
check "activating under the new token does" \
	saw --since "$start" -- answered=3 'announcements>=2'

on worker1 l2ctl lease release 1
start=$(now)
ask 3
check "releasing the lease silences" \
	saw --since "$start" -- requests=3 replies=0
refused "a released lease remembers its token" 'token' \
	on worker1 l2ctl lease renew 1 ttl 10m token 5
on worker1 l2ctl lease renew 1 ttl 10m token 6
start=$(now)
ask 3
check "renewed under the same token it is answered again" \
	saw --since "$start" -- answered=3

finish
