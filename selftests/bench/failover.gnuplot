# SPDX-License-Identifier: GPL-2.0
#
# For failover: how long nobody answered, a point a run, a panel a fault. Wants
# data, faults and rows.

set terminal svg size 900,1150 font "sans,12" background "white"
set multiplot layout words(faults), 1 margins 0.16, 0.97, 0.06, 0.96 spacing 0, 0.05
set logscale x
set xrange [15:10000]
set xtics ("20 ms" 20, "50" 50, "100" 100, "200" 200, "500" 500, "1 s" 1000, \
	   "2 s" 2000, "5 s" 5000)
set yrange [0.4:8.6]
set grid xtics
set style fill solid
eval "set ytics (" . rows . ")"
unset key

do for [i = 1:words(faults)] {
	if (i == 1) {
		set key outside top right horizontal
	} else {
		unset key
	}
	if (i == words(faults)) {
		set xlabel "time without an answer, to one question each 20 ms"
	}
	set title word(faults, i) left offset 0, -0.6
	plot data index i - 1 using 1:($3 == 0 ? $2 : 1/0) with points pt 7 ps 0.35 \
		lc rgb "#2060a0" title "one answers", \
	     data index i - 1 using 1:($3 == 1 ? $2 : 1/0) with points pt 7 ps 0.35 \
		lc rgb "#c03020" title "two answered meanwhile"
}
unset multiplot
