-- OpenStack Panko 2.0.3 on PostgreSQL 15: pg_dump; see README.md.
--
-- PostgreSQL database dump
--

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event (
    id integer NOT NULL,
    message_id character varying(50),
    generated timestamp without time zone,
    raw text,
    event_type_id integer
);


--
-- Name: event_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.event_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: event_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.event_id_seq OWNED BY public.event.id;


--
-- Name: event_type; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event_type (
    id integer NOT NULL,
    "desc" character varying(255)
);


--
-- Name: event_type_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.event_type_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: event_type_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.event_type_id_seq OWNED BY public.event_type.id;


--
-- Name: trait_datetime; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.trait_datetime (
    event_id integer NOT NULL,
    key character varying(255) NOT NULL,
    value timestamp without time zone
);


--
-- Name: trait_float; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.trait_float (
    event_id integer NOT NULL,
    key character varying(255) NOT NULL,
    value double precision
);


--
-- Name: trait_int; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.trait_int (
    event_id integer NOT NULL,
    key character varying(255) NOT NULL,
    value integer
);


--
-- Name: trait_text; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.trait_text (
    event_id integer NOT NULL,
    key character varying(255) NOT NULL,
    value character varying(255)
);


--
-- Name: event id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);


--
-- Name: event_type id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_type ALTER COLUMN id SET DEFAULT nextval('public.event_type_id_seq'::regclass);


--
-- Data for Name: event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.event VALUES (1, '1f0e7a6c-0001-4c7b-9a52-6a5c1d1e0001', '2020-11-22 11:59:58.000001', '{}', 1);
INSERT INTO public.event VALUES (2, '1f0e7a6c-0002-4c7b-9a52-6a5c1d1e0002', '2020-11-22 11:59:59', '{}', 2);
INSERT INTO public.event VALUES (3, '1f0e7a6c-0003-4c7b-9a52-6a5c1d1e0003', '2020-11-22 12:00:00.123456', '{"event_type": "compute.instance.create.start", "payload": {"image_meta": {"min_disk": "0", "tags": ["a", {"b": [1, 2.5, null, true]}]}, "fixed_ips": []}, "publisher_id": "compute.node-7"}', 3);
INSERT INTO public.event VALUES (4, '1f0e7a6c-0004-4c7b-9a52-6a5c1d1e0004', '2020-11-22 12:00:07.999999', '{"payload": {"metadata": {"gr\u00fc\u00dfe": "\u2603 \ud83d\ude00", "quotes": "it''s \"here\" \\ there\n"}}}', 4);
INSERT INTO public.event VALUES (5, '1f0e7a6c-0005-4c7b-9a52-6a5c1d1e0005', '2020-11-22 12:30:00', '{}', 5);
INSERT INTO public.event VALUES (6, '1f0e7a6c-0006-4c7b-9a52-6a5c1d1e0006', '2020-11-22 12:00:00.123456', '{}', 6);
INSERT INTO public.event VALUES (7, '1f0e7a6c-0007-4c7b-9a52-6a5c1d1e0007', '2020-11-22 12:00:00.123456', '{}', 6);
INSERT INTO public.event VALUES (8, '1f0e7a6c-0008-4c7b-9a52-6a5c1d1e0008', '2020-11-22 12:00:00.123456', '{}', 6);
INSERT INTO public.event VALUES (9, 'traits-none', '2020-11-22 12:01:00', '{}', 7);
INSERT INTO public.event VALUES (10, 'traits-null-values', '2020-11-22 12:01:01', '{}', 7);
INSERT INTO public.event VALUES (11, 'traits-dtype-none', '2020-11-22 12:01:02', '{}', 7);
INSERT INTO public.event VALUES (12, 'traits-same-name-two-types', '2020-11-22 12:01:03', '{}', 7);
INSERT INTO public.event VALUES (13, 'traits-same-name-all-types', '2020-11-22 12:01:04', '{}', 7);
INSERT INTO public.event VALUES (14, 'owner-empty', '2020-11-22 12:01:05', '{}', 7);
INSERT INTO public.event VALUES (15, 'owner-null', '2020-11-22 12:01:06', '{}', 7);
INSERT INTO public.event VALUES (16, 'owner-under-dtype-none', '2020-11-22 12:01:07', '{}', 7);
INSERT INTO public.event VALUES (17, 'text-quoting', '2020-11-22 12:02:00', '{}', 8);
INSERT INTO public.event VALUES (18, 'text-languages', '2020-11-22 12:02:01', '{}', 8);
INSERT INTO public.event VALUES (19, 'text-longest', '2020-11-22 12:02:02', '{}', 8);
INSERT INTO public.event VALUES (20, 'integers', '2020-11-22 12:03:00', '{}', 9);
INSERT INTO public.event VALUES (21, 'floats', '2020-11-22 12:03:02', '{}', 9);
INSERT INTO public.event VALUES (22, 'times', '2020-11-22 12:03:03', '{}', 9);
INSERT INTO public.event VALUES (23, 'times-before-1970', '2020-11-22 12:03:03.25', '{}', 9);
INSERT INTO public.event VALUES (24, 'old', '2012-02-29 23:59:59.999999', '{}', 9);
INSERT INTO public.event VALUES (25, 'same-instant-b', '2020-11-22 12:03:04.5', '{}', 9);
INSERT INTO public.event VALUES (26, 'same-instant-a', '2020-11-22 12:03:04.5', '{}', 9);
INSERT INTO public.event VALUES (27, 'raw-null', '2020-11-22 12:04:00', NULL, 10);
INSERT INTO public.event VALUES (28, 'raw-list', '2020-11-22 12:04:01', '[1, "two", {"three": [3.5, null, false]}, []]', 11);
INSERT INTO public.event VALUES (29, 'raw-text', '2020-11-22 12:04:02', '"only text"', 12);
INSERT INTO public.event VALUES (30, 'raw-deep', '2020-11-22 12:04:03', '{"a": {"b": {"c": {"d": {"e": {"f": {"g": {"big": 1180591620717411303424, "small": 1e-09}}}}}}}}', 13);
INSERT INTO public.event VALUES (31, 'type-with-ümlaut', '2020-11-22 12:05:00', '{}', 14);
INSERT INTO public.event VALUES (32, 'type-case-lower', '2020-11-22 12:05:01', '{}', 15);
INSERT INTO public.event VALUES (33, 'type-case-upper', '2020-11-22 12:05:02', '{}', 16);
INSERT INTO public.event VALUES (34, 'TYPE-CASE-LOWER', '2020-11-22 12:05:03', '{}', 15);
INSERT INTO public.event VALUES (35, 'four-bytes-😀', '2020-11-22 12:05:04', '{}', 17);
INSERT INTO public.event VALUES (36, 'traits-differ-in-case', '2020-11-22 12:05:05', '{}', 15);


--
-- Data for Name: event_type; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.event_type VALUES (1, 'identity.project.created');
INSERT INTO public.event_type VALUES (2, 'identity.user.created');
INSERT INTO public.event_type VALUES (3, 'compute.instance.create.start');
INSERT INTO public.event_type VALUES (4, 'compute.instance.create.end');
INSERT INTO public.event_type VALUES (5, 'compute.instance.delete.end');
INSERT INTO public.event_type VALUES (6, 'volume.create.end');
INSERT INTO public.event_type VALUES (7, 'image.upload');
INSERT INTO public.event_type VALUES (8, 'network.update.end');
INSERT INTO public.event_type VALUES (9, 'meter.sample');
INSERT INTO public.event_type VALUES (10, 'raw.null');
INSERT INTO public.event_type VALUES (11, 'raw.list');
INSERT INTO public.event_type VALUES (12, 'raw.text');
INSERT INTO public.event_type VALUES (13, 'raw.deep');
INSERT INTO public.event_type VALUES (14, 'snöwman.☃');
INSERT INTO public.event_type VALUES (15, 'dns.zone.create');
INSERT INTO public.event_type VALUES (16, 'DNS.Zone.Create');
INSERT INTO public.event_type VALUES (17, 'four.bytes.😀');


--
-- Data for Name: trait_datetime; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.trait_datetime VALUES (4, 'launched_at', '2020-11-22 12:00:07.5');
INSERT INTO public.trait_datetime VALUES (5, 'deleted_at', '2020-11-22 12:29:59.000001');
INSERT INTO public.trait_datetime VALUES (5, 'launched_at', '2020-11-22 12:00:07.5');
INSERT INTO public.trait_datetime VALUES (10, 'd_time', NULL);
INSERT INTO public.trait_datetime VALUES (13, 'size', '2020-11-22 12:00:00');
INSERT INTO public.trait_datetime VALUES (22, 'epoch', '1970-01-01 00:00:00');
INSERT INTO public.trait_datetime VALUES (22, 'beyond_2038', '2038-01-19 03:14:08.000001');
INSERT INTO public.trait_datetime VALUES (22, 'last', '9999-12-31 23:59:59.999999');
INSERT INTO public.trait_datetime VALUES (23, 'whole', '1969-12-31 23:59:58');
INSERT INTO public.trait_datetime VALUES (23, 'in_part', '1969-12-31 23:59:58.25');


--
-- Data for Name: trait_float; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.trait_float VALUES (4, 'elapsed', 7.876543);
INSERT INTO public.trait_float VALUES (10, 'c_float', NULL);
INSERT INTO public.trait_float VALUES (13, 'size', 10.5);
INSERT INTO public.trait_float VALUES (21, 'tenth', 0.1);
INSERT INTO public.trait_float VALUES (21, 'third', 0.3333333333333333);
INSERT INTO public.trait_float VALUES (21, 'negative', -2.5);
INSERT INTO public.trait_float VALUES (21, 'whole', 3);
INSERT INTO public.trait_float VALUES (21, 'tiny', 2.5e-300);
INSERT INTO public.trait_float VALUES (21, 'huge', 1.7976931348623157e+308);
INSERT INTO public.trait_float VALUES (21, 'zero', 0);


--
-- Data for Name: trait_int; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.trait_int VALUES (3, 'memory_mb', 512);
INSERT INTO public.trait_int VALUES (3, 'vcpus', 1);
INSERT INTO public.trait_int VALUES (4, 'memory_mb', 512);
INSERT INTO public.trait_int VALUES (4, 'disk_gb', 0);
INSERT INTO public.trait_int VALUES (6, 'size', 5);
INSERT INTO public.trait_int VALUES (7, 'size', 6);
INSERT INTO public.trait_int VALUES (10, 'b_int', NULL);
INSERT INTO public.trait_int VALUES (12, 'size', 10);
INSERT INTO public.trait_int VALUES (13, 'size', 10);
INSERT INTO public.trait_int VALUES (20, 'zero', 0);
INSERT INTO public.trait_int VALUES (20, 'negative', -1);
INSERT INTO public.trait_int VALUES (20, 'least', -2147483648);
INSERT INTO public.trait_int VALUES (20, 'most', 2147483647);
INSERT INTO public.trait_int VALUES (35, '😀', 1);
INSERT INTO public.trait_int VALUES (36, 'NAME', 3);


--
-- Data for Name: trait_text; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.trait_text VALUES (1, 'resource_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (1, 'service', 'identity.keystone-0');
INSERT INTO public.trait_text VALUES (2, 'resource_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (3, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (3, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (3, 'instance_id', '7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO public.trait_text VALUES (3, 'state', 'building');
INSERT INTO public.trait_text VALUES (4, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (4, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (4, 'instance_id', '7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO public.trait_text VALUES (4, 'host', 'node-7.example.org');
INSERT INTO public.trait_text VALUES (5, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (5, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (5, 'instance_id', '7e0b1f52-3a1c-4d55-8a41-0d6f4f0a9b01');
INSERT INTO public.trait_text VALUES (6, 'project_id', 'c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO public.trait_text VALUES (6, 'user_id', 'beefbeefbeefbeefbeefbeefbeefbeef');
INSERT INTO public.trait_text VALUES (6, 'display_name', 'Ünïcode ☃');
INSERT INTO public.trait_text VALUES (7, 'project_id', 'c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO public.trait_text VALUES (8, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (10, 'a_text', NULL);
INSERT INTO public.trait_text VALUES (10, 'e_none', NULL);
INSERT INTO public.trait_text VALUES (11, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (11, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (11, 'kind', 'raw');
INSERT INTO public.trait_text VALUES (11, 'checksum', 'd41d8cd98f00b204');
INSERT INTO public.trait_text VALUES (12, 'size', 'ten');
INSERT INTO public.trait_text VALUES (13, 'size', '10');
INSERT INTO public.trait_text VALUES (14, 'project_id', '');
INSERT INTO public.trait_text VALUES (14, 'user_id', '');
INSERT INTO public.trait_text VALUES (15, 'project_id', NULL);
INSERT INTO public.trait_text VALUES (15, 'user_id', NULL);
INSERT INTO public.trait_text VALUES (16, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (16, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (17, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (17, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (17, 'backslash', 'C:\net\0');
INSERT INTO public.trait_text VALUES (17, 'quotes', 'it''s "so"; -- or `not`');
INSERT INTO public.trait_text VALUES (17, 'lines', 'one
two
	three');
INSERT INTO public.trait_text VALUES (17, 'percent', '100% %s %(x)s :y');
INSERT INTO public.trait_text VALUES (17, 'empty', '');
INSERT INTO public.trait_text VALUES (17, 'spaces', '  both ends  ');
INSERT INTO public.trait_text VALUES (18, 'greek', 'Ελληνικά');
INSERT INTO public.trait_text VALUES (18, 'hebrew', 'עברית');
INSERT INTO public.trait_text VALUES (18, 'hindi', 'हिन्दी');
INSERT INTO public.trait_text VALUES (18, 'japanese', '日本語');
INSERT INTO public.trait_text VALUES (18, 'composed', 'é');
INSERT INTO public.trait_text VALUES (18, 'decomposed', 'é');
INSERT INTO public.trait_text VALUES (18, 'naïve', 'a name that is not ASCII');
INSERT INTO public.trait_text VALUES (19, 'description', 'ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääz');
INSERT INTO public.trait_text VALUES (24, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (24, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (25, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (25, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (26, 'project_id', 'c0ffee00c0ffee00c0ffee00c0ffee00');
INSERT INTO public.trait_text VALUES (26, 'user_id', 'beefbeefbeefbeefbeefbeefbeefbeef');
INSERT INTO public.trait_text VALUES (27, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (27, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (28, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (28, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (29, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (29, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (32, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (32, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (33, 'project_id', '5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01');
INSERT INTO public.trait_text VALUES (33, 'user_id', '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
INSERT INTO public.trait_text VALUES (34, 'name', 'differs from another message_id in case only');
INSERT INTO public.trait_text VALUES (35, 'name', '😀');
INSERT INTO public.trait_text VALUES (36, 'name', 'a');
INSERT INTO public.trait_text VALUES (36, 'Name', 'b');


--
-- Name: event_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.event_id_seq', 36, true);


--
-- Name: event_type_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.event_type_id_seq', 17, true);


--
-- Name: event event_message_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_message_id_key UNIQUE (message_id);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);


--
-- Name: event_type event_type_desc_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_type
    ADD CONSTRAINT event_type_desc_key UNIQUE ("desc");


--
-- Name: event_type event_type_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_type
    ADD CONSTRAINT event_type_pkey PRIMARY KEY (id);


--
-- Name: trait_datetime trait_datetime_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_datetime
    ADD CONSTRAINT trait_datetime_pkey PRIMARY KEY (event_id, key);


--
-- Name: trait_float trait_float_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_float
    ADD CONSTRAINT trait_float_pkey PRIMARY KEY (event_id, key);


--
-- Name: trait_int trait_int_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_int
    ADD CONSTRAINT trait_int_pkey PRIMARY KEY (event_id, key);


--
-- Name: trait_text trait_text_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_text
    ADD CONSTRAINT trait_text_pkey PRIMARY KEY (event_id, key);


--
-- Name: ix_event_generated; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_event_generated ON public.event USING btree (generated);


--
-- Name: ix_event_message_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_event_message_id ON public.event USING btree (message_id);


--
-- Name: ix_event_type_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_event_type_id ON public.event USING btree (event_type_id);


--
-- Name: ix_trait_datetime_event_id_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_trait_datetime_event_id_key ON public.trait_datetime USING btree (event_id, key);


--
-- Name: ix_trait_float_event_id_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_trait_float_event_id_key ON public.trait_float USING btree (event_id, key);


--
-- Name: ix_trait_int_event_id_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_trait_int_event_id_key ON public.trait_int USING btree (event_id, key);


--
-- Name: ix_trait_text_event_id_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_trait_text_event_id_key ON public.trait_text USING btree (event_id, key);


--
-- Name: event event_event_type_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_event_type_id_fkey FOREIGN KEY (event_type_id) REFERENCES public.event_type(id);


--
-- Name: trait_datetime trait_datetime_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_datetime
    ADD CONSTRAINT trait_datetime_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.event(id);


--
-- Name: trait_float trait_float_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_float
    ADD CONSTRAINT trait_float_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.event(id);


--
-- Name: trait_int trait_int_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_int
    ADD CONSTRAINT trait_int_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.event(id);


--
-- Name: trait_text trait_text_event_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trait_text
    ADD CONSTRAINT trait_text_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.event(id);


--
-- PostgreSQL database dump complete
--

