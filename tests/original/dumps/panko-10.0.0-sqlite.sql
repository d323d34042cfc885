-- OpenStack Panko 10.0.0 on SQLite 3: .dump; see README.md.
BEGIN TRANSACTION;
CREATE TABLE event (
	id INTEGER NOT NULL, 
	message_id VARCHAR(50), 
	generated DATETIME, 
	raw TEXT, 
	event_type_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (message_id), 
	FOREIGN KEY(event_type_id) REFERENCES event_type (id)
);
INSERT INTO "event" VALUES(1,'1f0e7a6c-0001-4c7b-9a52-6a5c1d1e0001','2020-11-22 11:59:58.000001','{}',1);
INSERT INTO "event" VALUES(2,'1f0e7a6c-0002-4c7b-9a52-6a5c1d1e0002','2020-11-22 11:59:59.000000','{}',2);
INSERT INTO "event" VALUES(3,'1f0e7a6c-0003-4c7b-9a52-6a5c1d1e0003','2020-11-22 12:00:00.123456','{"event_type": "compute.instance.create.start", "payload": {"image_meta": {"min_disk": "0", "tags": ["a", {"b": [1, 2.5, null, true]}]}, "fixed_ips": []}, "publisher_id": "compute.node-7"}',3);
INSERT INTO "event" VALUES(4,'1f0e7a6c-0004-4c7b-9a52-6a5c1d1e0004','2020-11-22 12:00:07.999999','{"payload": {"metadata": {"gr\u00fc\u00dfe": "\u2603 \ud83d\ude00", "quotes": "it''s \"here\" \\ there\n"}}}',4);
INSERT INTO "event" VALUES(5,'1f0e7a6c-0005-4c7b-9a52-6a5c1d1e0005','2020-11-22 12:30:00.000000','{}',5);
INSERT INTO "event" VALUES(6,'1f0e7a6c-0006-4c7b-9a52-6a5c1d1e0006','2020-11-22 12:00:00.123456','{}',6);
INSERT INTO "event" VALUES(7,'1f0e7a6c-0007-4c7b-9a52-6a5c1d1e0007','2020-11-22 12:00:00.123456','{}',6);
INSERT INTO "event" VALUES(8,'1f0e7a6c-0008-4c7b-9a52-6a5c1d1e0008','2020-11-22 12:00:00.123456','{}',6);
INSERT INTO "event" VALUES(9,'traits-none','2020-11-22 12:01:00.000000','{}',7);
INSERT INTO "event" VALUES(10,'traits-null-values','2020-11-22 12:01:01.000000','{}',7);
INSERT INTO "event" VALUES(11,'traits-dtype-none','2020-11-22 12:01:02.000000','{}',7);
INSERT INTO "event" VALUES(12,'traits-same-name-two-types','2020-11-22 12:01:03.000000','{}',7);
INSERT INTO "event" VALUES(13,'traits-same-name-all-types','2020-11-22 12:01:04.000000','{}',7);
INSERT INTO "event" VALUES(14,'owner-empty','2020-11-22 12:01:05.000000','{}',7);
INSERT INTO "event" VALUES(15,'owner-null','2020-11-22 12:01:06.000000','{}',7);
INSERT INTO "event" VALUES(16,'owner-under-dtype-none','2020-11-22 12:01:07.000000','{}',7);
INSERT INTO "event" VALUES(17,'text-quoting','2020-11-22 12:02:00.000000','{}',8);
INSERT INTO "event" VALUES(18,'text-languages','2020-11-22 12:02:01.000000','{}',8);
INSERT INTO "event" VALUES(19,'text-longest','2020-11-22 12:02:02.000000','{}',8);
INSERT INTO "event" VALUES(20,'integers','2020-11-22 12:03:00.000000','{}',9);
INSERT INTO "event" VALUES(21,'integers-of-64-bits','2020-11-22 12:03:01.000000','{}',9);
INSERT INTO "event" VALUES(22,'floats','2020-11-22 12:03:02.000000','{}',9);
INSERT INTO "event" VALUES(23,'times','2020-11-22 12:03:03.000000','{}',9);
INSERT INTO "event" VALUES(24,'times-before-1970','2020-11-22 12:03:03.250000','{}',9);
INSERT INTO "event" VALUES(25,'old','2012-02-29 23:59:59.999999','{}',9);
INSERT INTO "event" VALUES(26,'same-instant-b','2020-11-22 12:03:04.500000','{}',9);
INSERT INTO "event" VALUES(27,'same-instant-a','2020-11-22 12:03:04.500000','{}',9);
INSERT INTO "event" VALUES(28,'raw-null','2020-11-22 12:04:00.000000',NULL,10);
INSERT INTO "event" VALUES(29,'raw-list','2020-11-22 12:04:01.000000','[1, "two", {"three": [3.5, null, false]}, []]',11);
INSERT INTO "event" VALUES(30,'raw-text','2020-11-22 12:04:02.000000','"only text"',12);
INSERT INTO "event" VALUES(31,'raw-deep','2020-11-22 12:04:03.000000','{"a": {"b": {"c": {"d": {"e": {"f": {"g": {"big": 1180591620717411303424, "small": 1e-09}}}}}}}}',13);
INSERT INTO "event" VALUES(32,'type-with-ümlaut','2020-11-22 12:05:00.000000','{}',14);
INSERT INTO "event" VALUES(33,'type-case-lower','2020-11-22 12:05:01.000000','{}',15);
INSERT INTO "event" VALUES(34,'type-case-upper','2020-11-22 12:05:02.000000','{}',16);
INSERT INTO "event" VALUES(35,'TYPE-CASE-LOWER','2020-11-22 12:05:03.000000','{}',15);
INSERT INTO "event" VALUES(36,'four-bytes-😀','2020-11-22 12:05:04.000000','{}',17);
INSERT INTO "event" VALUES(37,'traits-differ-in-case','2020-11-22 12:05:05.000000','{}',15);
CREATE TABLE event_type (
	id INTEGER NOT NULL, 
	"desc" VARCHAR(255), 
	PRIMARY KEY (id), 
	UNIQUE ("desc")
);
INSERT INTO "event_type" VALUES(1,'identity.project.created');
INSERT INTO "event_type" VALUES(2,'identity.user.created');
INSERT INTO "event_type" VALUES(3,'compute.instance.create.start');
INSERT INTO "event_type" VALUES(4,'compute.instance.create.end');
INSERT INTO "event_type" VALUES(5,'compute.instance.delete.end');
INSERT INTO "event_type" VALUES(6,'volume.create.end');
INSERT INTO "event_type" VALUES(7,'image.upload');
INSERT INTO "event_type" VALUES(8,'network.update.end');
INSERT INTO "event_type" VALUES(9,'meter.sample');
INSERT INTO "event_type" VALUES(10,'raw.null');
INSERT INTO "event_type" VALUES(11,'raw.list');
INSERT INTO "event_type" VALUES(12,'raw.text');
INSERT INTO "event_type" VALUES(13,'raw.deep');
INSERT INTO "event_type" VALUES(14,'snöwman.☃');
INSERT INTO "event_type" VALUES(15,'dns.zone.create');
INSERT INTO "event_type" VALUES(16,'DNS.Zone.Create');
INSERT INTO "event_type" VALUES(17,'four.bytes.😀');
CREATE TABLE trait_datetime (
	event_id INTEGER NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	value DATETIME, 
	PRIMARY KEY (event_id, "key"), 
	FOREIGN KEY(event_id) REFERENCES event (id)
);
INSERT INTO "trait_datetime" VALUES(4,'launched_at','2020-11-22 12:00:07.500000');
INSERT INTO "trait_datetime" VALUES(5,'deleted_at','2020-11-22 12:29:59.000001');
INSERT INTO "trait_datetime" VALUES(5,'launched_at','2020-11-22 12:00:07.500000');
INSERT INTO "trait_datetime" VALUES(10,'d_time',NULL);
INSERT INTO "trait_datetime" VALUES(13,'size','2020-11-22 12:00:00.000000');
INSERT INTO "trait_datetime" VALUES(23,'epoch','1970-01-01 00:00:00.000000');
INSERT INTO "trait_datetime" VALUES(23,'beyond_2038','2038-01-19 03:14:08.000001');
INSERT INTO "trait_datetime" VALUES(23,'last','9999-12-31 23:59:59.999999');
INSERT INTO "trait_datetime" VALUES(24,'whole','1969-12-31 23:59:58.000000');
INSERT INTO "trait_datetime" VALUES(24,'in_part','1969-12-31 23:59:58.250000');
CREATE TABLE trait_float (
	event_id INTEGER NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	value FLOAT, 
	PRIMARY KEY (event_id, "key"), 
	FOREIGN KEY(event_id) REFERENCES event (id)
);
INSERT INTO "trait_float" VALUES(4,'elapsed',7.876543);
INSERT INTO "trait_float" VALUES(10,'c_float',NULL);
INSERT INTO "trait_float" VALUES(13,'size',10.5);
INSERT INTO "trait_float" VALUES(22,'tenth',0.1);
INSERT INTO "trait_float" VALUES(22,'third',3.33333333333333314829e-01);
INSERT INTO "trait_float" VALUES(22,'negative',-2.5);
INSERT INTO "trait_float" VALUES(22,'whole',3.0);
INSERT INTO "trait_float" VALUES(22,'tiny',2.5e-300);
INSERT INTO "trait_float" VALUES(22,'huge',1.79769313486231562234e+308);
INSERT INTO "trait_float" VALUES(22,'zero',0.0);
CREATE TABLE trait_int (
	event_id INTEGER NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	value BIGINT, 
	PRIMARY KEY (event_id, "key"), 
	FOREIGN KEY(event_id) REFERENCES event (id)
);
INSERT INTO "trait_int" VALUES(3,'memory_mb',512);
INSERT INTO "trait_int" VALUES(3,'vcpus',1);
INSERT INTO "trait_int" VALUES(4,'memory_mb',512);
INSERT INTO "trait_int" VALUES(4,'disk_gb',0);
INSERT INTO "trait_int" VALUES(6,'size',5);
INSERT INTO "trait_int" VALUES(7,'size',6);
INSERT INTO "trait_int" VALUES(10,'b_int',NULL);
INSERT INTO "trait_int" VALUES(12,'size',10);
INSERT INTO "trait_int" VALUES(13,'size',10);
INSERT INTO "trait_int" VALUES(20,'zero',0);
INSERT INTO "trait_int" VALUES(20,'negative',-1);
INSERT INTO "trait_int" VALUES(20,'least',-2147483648);
INSERT INTO "trait_int" VALUES(20,'most',2147483647);
INSERT INTO "trait_int" VALUES(21,'least',-9223372036854775808);
INSERT INTO "trait_int" VALUES(21,'most',9223372036854775807);
INSERT INTO "trait_int" VALUES(21,'bytes',1099511627776);
INSERT INTO "trait_int" VALUES(36,'😀',1);
INSERT INTO "trait_int" VALUES(37,'NAME',3);
CREATE TABLE trait_text (
	event_id INTEGER NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	value VARCHAR(255), 
	PRIMARY KEY (event_id, "key"), 
	FOREIGN KEY(event_id) REFERENCES event (id)
);
INSERT INTO "trait_text" VALUES(1,'resource_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(1,'service','identity.keystone-0');
INSERT INTO "trait_text" VALUES(2,'resource_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(3,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(3,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(3,'instance_id','7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO "trait_text" VALUES(3,'state','building');
INSERT INTO "trait_text" VALUES(4,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(4,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(4,'instance_id','7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO "trait_text" VALUES(4,'host','node-7.example.org');
INSERT INTO "trait_text" VALUES(5,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(5,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(5,'instance_id','7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO "trait_text" VALUES(6,'project_id','c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO "trait_text" VALUES(6,'user_id','beefbeefbeefbeefbeefbeefbeefbeef');
INSERT INTO "trait_text" VALUES(6,'display_name','Ünïcode ☃');
INSERT INTO "trait_text" VALUES(7,'project_id','c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO "trait_text" VALUES(8,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(10,'a_text',NULL);
INSERT INTO "trait_text" VALUES(10,'e_none',NULL);
INSERT INTO "trait_text" VALUES(11,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(11,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(11,'kind','raw');
INSERT INTO "trait_text" VALUES(11,'checksum','d41d8cd98f00b204');
INSERT INTO "trait_text" VALUES(12,'size','ten');
INSERT INTO "trait_text" VALUES(13,'size','10');
INSERT INTO "trait_text" VALUES(14,'project_id','');
INSERT INTO "trait_text" VALUES(14,'user_id','');
INSERT INTO "trait_text" VALUES(15,'project_id',NULL);
INSERT INTO "trait_text" VALUES(15,'user_id',NULL);
INSERT INTO "trait_text" VALUES(16,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(16,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(17,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(17,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(17,'backslash','C:\net\0');
INSERT INTO "trait_text" VALUES(17,'quotes','it''s "so"; -- or `not`');
INSERT INTO "trait_text" VALUES(17,'lines','one
two
	three');
INSERT INTO "trait_text" VALUES(17,'percent','100% %s %(x)s :y');
INSERT INTO "trait_text" VALUES(17,'empty','');
INSERT INTO "trait_text" VALUES(17,'spaces','  both ends  ');
INSERT INTO "trait_text" VALUES(18,'greek','Ελληνικά');
INSERT INTO "trait_text" VALUES(18,'hebrew','עברית');
INSERT INTO "trait_text" VALUES(18,'hindi','हिन्दी');
INSERT INTO "trait_text" VALUES(18,'japanese','日本語');
INSERT INTO "trait_text" VALUES(18,'composed','é');
INSERT INTO "trait_text" VALUES(18,'decomposed','é');
INSERT INTO "trait_text" VALUES(18,'naïve','a name that is not ASCII');
INSERT INTO "trait_text" VALUES(19,'description','ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääz');
INSERT INTO "trait_text" VALUES(25,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(25,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(26,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(26,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(27,'project_id','c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO "trait_text" VALUES(27,'user_id','beefbeefbeefbeefbeefbeefbeefbeef');
INSERT INTO "trait_text" VALUES(28,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(28,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(29,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(29,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(30,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(30,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(33,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(33,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(34,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO "trait_text" VALUES(34,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO "trait_text" VALUES(35,'name','differs from another message_id in case only');
INSERT INTO "trait_text" VALUES(36,'name','😀');
INSERT INTO "trait_text" VALUES(37,'name','a');
INSERT INTO "trait_text" VALUES(37,'Name','b');
CREATE INDEX ix_event_generated ON event (generated);
CREATE INDEX ix_event_message_id ON event (message_id);
CREATE INDEX ix_event_type_id ON event (event_type_id);
CREATE INDEX ix_trait_text_event_id_key ON trait_text (event_id, "key");
CREATE INDEX ix_trait_int_event_id_key ON trait_int (event_id, "key");
CREATE INDEX ix_trait_float_event_id_key ON trait_float (event_id, "key");
CREATE INDEX ix_trait_datetime_event_id_key ON trait_datetime (event_id, "key");
COMMIT;
