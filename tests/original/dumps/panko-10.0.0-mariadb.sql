-- OpenStack Panko 10.0.0 on MariaDB 10.11: mariadb-dump; see README.md.
/*M!999999\- enable the sandbox mode */ 

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `event` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `message_id` varchar(50) DEFAULT NULL,
  `generated` decimal(20,6) DEFAULT NULL,
  `raw` text DEFAULT NULL,
  `event_type_id` int(11) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `message_id` (`message_id`),
  KEY `ix_event_type_id` (`event_type_id`),
  KEY `ix_event_generated` (`generated`),
  KEY `ix_event_message_id` (`message_id`),
  CONSTRAINT `event_ibfk_1` FOREIGN KEY (`event_type_id`) REFERENCES `event_type` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=34 DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (1,'1f0e7a6c-0001-4c7b-9a52-6a5c1d1e0001',1606046398.000001,'{}',1);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (2,'1f0e7a6c-0002-4c7b-9a52-6a5c1d1e0002',1606046399.000000,'{}',2);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (3,'1f0e7a6c-0003-4c7b-9a52-6a5c1d1e0003',1606046400.123456,'{\"event_type\": \"compute.instance.create.start\", \"payload\": {\"image_meta\": {\"min_disk\": \"0\", \"tags\": [\"a\", {\"b\": [1, 2.5, null, true]}]}, \"fixed_ips\": []}, \"publisher_id\": \"compute.node-7\"}',3);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (4,'1f0e7a6c-0004-4c7b-9a52-6a5c1d1e0004',1606046407.999999,'{\"payload\": {\"metadata\": {\"gr\\u00fc\\u00dfe\": \"\\u2603 \\ud83d\\ude00\", \"quotes\": \"it\'s \\\"here\\\" \\\\ there\\n\"}}}',4);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (5,'1f0e7a6c-0005-4c7b-9a52-6a5c1d1e0005',1606048200.000000,'{}',5);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (6,'1f0e7a6c-0006-4c7b-9a52-6a5c1d1e0006',1606046400.123456,'{}',6);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (7,'1f0e7a6c-0007-4c7b-9a52-6a5c1d1e0007',1606046400.123456,'{}',6);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (8,'1f0e7a6c-0008-4c7b-9a52-6a5c1d1e0008',1606046400.123456,'{}',6);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (9,'traits-none',1606046460.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (10,'traits-null-values',1606046461.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (11,'traits-dtype-none',1606046462.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (12,'traits-same-name-two-types',1606046463.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (13,'traits-same-name-all-types',1606046464.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (14,'owner-empty',1606046465.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (15,'owner-null',1606046466.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (16,'owner-under-dtype-none',1606046467.000000,'{}',7);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (17,'text-quoting',1606046520.000000,'{}',8);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (18,'text-languages',1606046521.000000,'{}',8);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (19,'text-longest',1606046522.000000,'{}',8);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (20,'integers',1606046580.000000,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (21,'integers-of-64-bits',1606046581.000000,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (22,'floats',1606046582.000000,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (23,'times',1606046583.000000,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (24,'times-before-1970',1606046583.250000,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (25,'old',1330559999.999999,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (26,'same-instant-b',1606046584.500000,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (27,'same-instant-a',1606046584.500000,'{}',9);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (28,'raw-null',1606046640.000000,NULL,10);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (29,'raw-list',1606046641.000000,'[1, \"two\", {\"three\": [3.5, null, false]}, []]',11);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (30,'raw-text',1606046642.000000,'\"only text\"',12);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (31,'raw-deep',1606046643.000000,'{\"a\": {\"b\": {\"c\": {\"d\": {\"e\": {\"f\": {\"g\": {\"big\": 1180591620717411303424, \"small\": 1e-09}}}}}}}}',13);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (32,'type-with-ümlaut',1606046700.000000,'{}',14);
INSERT INTO `event` (`id`, `message_id`, `generated`, `raw`, `event_type_id`) VALUES (33,'type-case-lower',1606046701.000000,'{}',15);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `event_type` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `desc` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `desc` (`desc`)
) ENGINE=InnoDB AUTO_INCREMENT=16 DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

INSERT INTO `event_type` (`id`, `desc`) VALUES (4,'compute.instance.create.end');
INSERT INTO `event_type` (`id`, `desc`) VALUES (3,'compute.instance.create.start');
INSERT INTO `event_type` (`id`, `desc`) VALUES (5,'compute.instance.delete.end');
INSERT INTO `event_type` (`id`, `desc`) VALUES (15,'dns.zone.create');
INSERT INTO `event_type` (`id`, `desc`) VALUES (1,'identity.project.created');
INSERT INTO `event_type` (`id`, `desc`) VALUES (2,'identity.user.created');
INSERT INTO `event_type` (`id`, `desc`) VALUES (7,'image.upload');
INSERT INTO `event_type` (`id`, `desc`) VALUES (9,'meter.sample');
INSERT INTO `event_type` (`id`, `desc`) VALUES (8,'network.update.end');
INSERT INTO `event_type` (`id`, `desc`) VALUES (13,'raw.deep');
INSERT INTO `event_type` (`id`, `desc`) VALUES (11,'raw.list');
INSERT INTO `event_type` (`id`, `desc`) VALUES (10,'raw.null');
INSERT INTO `event_type` (`id`, `desc`) VALUES (12,'raw.text');
INSERT INTO `event_type` (`id`, `desc`) VALUES (14,'snöwman.☃');
INSERT INTO `event_type` (`id`, `desc`) VALUES (6,'volume.create.end');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `trait_datetime` (
  `event_id` int(11) NOT NULL,
  `key` varchar(255) NOT NULL,
  `value` decimal(20,6) DEFAULT NULL,
  PRIMARY KEY (`event_id`,`key`),
  KEY `ix_trait_datetime_event_id_key` (`event_id`,`key`),
  CONSTRAINT `trait_datetime_ibfk_1` FOREIGN KEY (`event_id`) REFERENCES `event` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (4,'launched_at',1606046407.500000);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (5,'deleted_at',1606048199.000001);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (5,'launched_at',1606046407.500000);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (10,'d_time',NULL);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (13,'size',1606046400.000000);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (23,'beyond_2038',2147483648.000001);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (23,'epoch',0.000000);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (23,'last',253402300799.999999);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (24,'in_part',-1.750000);
INSERT INTO `trait_datetime` (`event_id`, `key`, `value`) VALUES (24,'whole',-2.000000);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `trait_float` (
  `event_id` int(11) NOT NULL,
  `key` varchar(255) NOT NULL,
  `value` double DEFAULT NULL,
  PRIMARY KEY (`event_id`,`key`),
  KEY `ix_trait_float_event_id_key` (`event_id`,`key`),
  CONSTRAINT `trait_float_ibfk_1` FOREIGN KEY (`event_id`) REFERENCES `event` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (4,'elapsed',7.876543);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (10,'c_float',NULL);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (13,'size',10.5);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (22,'huge',1.7976931348623157e308);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (22,'negative',-2.5);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (22,'tenth',0.1);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (22,'third',0.3333333333333333);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (22,'tiny',2.5e-300);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (22,'whole',3);
INSERT INTO `trait_float` (`event_id`, `key`, `value`) VALUES (22,'zero',0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `trait_int` (
  `event_id` int(11) NOT NULL,
  `key` varchar(255) NOT NULL,
  `value` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`event_id`,`key`),
  KEY `ix_trait_int_event_id_key` (`event_id`,`key`),
  CONSTRAINT `trait_int_ibfk_1` FOREIGN KEY (`event_id`) REFERENCES `event` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (3,'memory_mb',512);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (3,'vcpus',1);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (4,'disk_gb',0);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (4,'memory_mb',512);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (6,'size',5);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (7,'size',6);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (10,'b_int',NULL);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (12,'size',10);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (13,'size',10);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (20,'least',-2147483648);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (20,'most',2147483647);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (20,'negative',-1);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (20,'zero',0);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (21,'bytes',1099511627776);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (21,'least',-9223372036854775808);
INSERT INTO `trait_int` (`event_id`, `key`, `value`) VALUES (21,'most',9223372036854775807);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `trait_text` (
  `event_id` int(11) NOT NULL,
  `key` varchar(255) NOT NULL,
  `value` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`event_id`,`key`),
  KEY `ix_trait_text_event_id_key` (`event_id`,`key`),
  CONSTRAINT `trait_text_ibfk_1` FOREIGN KEY (`event_id`) REFERENCES `event` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (1,'resource_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (1,'service','identity.keystone-0');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (2,'resource_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (3,'instance_id','7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (3,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (3,'state','building');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (3,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (4,'host','node-7.example.org');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (4,'instance_id','7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (4,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (4,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (5,'instance_id','7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (5,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (5,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (6,'display_name','Ünïcode ☃');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (6,'project_id','c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (6,'user_id','beefbeefbeefbeefbeefbeefbeefbeef');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (7,'project_id','c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (8,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (10,'a_text',NULL);
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (10,'e_none',NULL);
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (11,'checksum','d41d8cd98f00b204');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (11,'kind','raw');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (11,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (11,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (12,'size','ten');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (13,'size','10');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (14,'project_id','');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (14,'user_id','');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (15,'project_id',NULL);
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (15,'user_id',NULL);
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (16,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (16,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'backslash','C:\\net\\0');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'empty','');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'lines','one\ntwo\n	three');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'percent','100% %s %(x)s :y');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'quotes','it\'s \"so\"; -- or `not`');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'spaces','  both ends  ');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (17,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (18,'composed','é');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (18,'decomposed','é');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (18,'greek','Ελληνικά');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (18,'hebrew','עברית');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (18,'hindi','हिन्दी');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (18,'japanese','日本語');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (18,'naïve','a name that is not ASCII');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (19,'description','ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääz');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (25,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (25,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (26,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (26,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (27,'project_id','c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (27,'user_id','beefbeefbeefbeefbeefbeefbeefbeef');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (28,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (28,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (29,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (29,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (30,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (30,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (33,'project_id','5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO `trait_text` (`event_id`, `key`, `value`) VALUES (33,'user_id','0a1b2c3d4e5f60718293a4b5c6d7e8f9');

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

