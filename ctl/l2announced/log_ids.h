/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the journal knows the kinds of messages by (MESSAGE_ID): they stay what
 * they are, whatever the text says. systemd/l2announce.catalog explains each.
 */
#ifndef L2A_LOG_IDS_H
#define L2A_LOG_IDS_H

#define LOG_ID_JOINED		"6caaef08fc484fffaa8a6a5251bfb8de"
#define LOG_ID_WAITING		"024935bab7fe4c2fada9fb865196c7db"
#define LOG_ID_FENCED		"f8b5a1e87afd4dea95ee89b95e8f0e02"
#define LOG_ID_SUPERSEDED	"2d609078e3384b1fa55d31c8c3a7b8a2"
#define LOG_ID_FENCED_PEER	"c37156287d2b4fa4a9ef980898382a11"
#define LOG_ID_ACQUIRED		"4c9606dfe43840c8a3ccbc1ed4c77952"
#define LOG_ID_RELEASED		"e5a466e328c44c28bb71096c444f2f0c"
#define LOG_ID_LOST		"e3881d9b384a49579f7d6113134e6d44"
#define LOG_ID_CONFLICT		"2c0ae028f72b40a5b2832d4993a017aa"
#define LOG_ID_UNHEALTHY	"cc74a82a2cae426d9e2c8b8207ed016a"
#define LOG_ID_SICK		"5d475d76730147c6a1778277bebaff74"
#define LOG_ID_WELL		"456bdda5ef8e414da18c6c6120a243c8"
#define LOG_ID_HOOK		"d64cd11ce98e4d7aa59185beb7909a63"
#define LOG_ID_STORE_GONE	"817fbebffdee41f996b23709bae2d36f"
#define LOG_ID_STORE_BACK	"635ec2555545439a99e43974d497e1ac"
#define LOG_ID_EXPIRED		"df18c1631ad54a98ac2137957c0eaaf7"
#define LOG_ID_MODULE_GONE	"e33df36662404342a424f0975b7c7144"
#define LOG_ID_MODULE_BACK	"ccbbb3b53d8c484fba161292835abb01"
#define LOG_ID_MENDED		"77f181ab424b4333bc092d5a97807bec"

#endif /* L2A_LOG_IDS_H */
