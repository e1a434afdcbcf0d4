"""SQLAlchemy over snowflake-sqlalchemy, with pandas: alchemy.py PORT TOKEN"""

import datetime
from importlib.metadata import version

import pandas
from sqlalchemy import Column, DateTime, Integer, MetaData, Numeric, String, Table, create_engine, func, inspect, select, text
from sqlalchemy.orm import Session, declarative_base
from steps import done, relay, same, step

# What chooses the host stands in connect_args: snowflake-sqlalchemy 2 takes it from no URL.
engine = create_engine("snowflake://@sluice/SHOP/SCRATCH", connect_args=relay)
Base = declarative_base()


class Note(Base):
    __tablename__ = "alchemy_notes"
    id = Column(Integer, primary_key=True, autoincrement=False)
    title = Column(String(100), nullable=False)
    price = Column(Numeric(10, 2))
    at = Column(DateTime)


@step("create_engine, connect")
def _():
    with engine.connect() as connection:
        same(connection.execute(text("SELECT 1")).scalar(), 1)


@step("reflection")
def _():
    inspector = inspect(engine)
    assert "customers" in inspector.get_table_names("public"), inspector.get_table_names("public")
    columns = {c["name"]: str(c["type"]) for c in inspector.get_columns("customers", "public")}
    same(columns["credit_limit"], "DECIMAL(12, 2)")
    assert "revenue_by_month" in inspector.get_view_names("public")
    assert "scratch" in inspector.get_schema_names()
    orders = Table("orders", MetaData(), autoload_with=engine, schema="public")
    assert "order_date" in orders.c


@step("select of a reflected table")
def _():
    orders = Table("orders", MetaData(), autoload_with=engine, schema="public")
    with engine.connect() as connection:
        rows = connection.execute(
            select(orders.c.status, func.count(), func.sum(orders.c.total)).group_by(orders.c.status).order_by(orders.c.status)
        ).all()
    same([row[0] for row in rows], ["paid", "placed", "returned", "shipped"])


@step("ORM: create_all, add_all, query, update, delete, drop_all")
def _():
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Note(id=i, title=f"n{i}", price=i, at=datetime.datetime(2024, 1, i)) for i in range(1, 6)])
        session.commit()
        same(session.scalars(select(Note).where(Note.price > 3).order_by(Note.id)).first().title, "n4")
        session.get(Note, 1).title = "changed"
        session.commit()
        same(session.scalar(select(Note.title).where(Note.id == 1)), "changed")
        session.delete(session.get(Note, 2))
        session.flush()
        session.rollback()
        same(session.scalar(select(func.count()).select_from(Note)), 5)
    Base.metadata.drop_all(engine)


@step("pandas.read_sql")
def _():
    with engine.connect() as connection:
        frame = pandas.read_sql(text("SELECT id, city, created_at FROM public.customers ORDER BY id LIMIT 20"), connection)
    same(list(frame.columns), ["id", "city", "created_at"])
    same(len(frame), 20)


@step("pandas.to_sql")
def _():
    frame = pandas.DataFrame(
        {"id": [1, 2, 3], "city": ["A", None, "C"], "at": pandas.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"])}
    )
    frame.to_sql("alchemy_frame", engine, if_exists="replace", index=False)
    frame.to_sql("alchemy_frame", engine, if_exists="append", index=False, method="multi")
    back = pandas.read_sql("SELECT * FROM alchemy_frame ORDER BY id", engine)
    same(back["id"].tolist(), [1, 1, 2, 2, 3, 3])
    same(back["at"].iloc[0], pandas.Timestamp("2024-01-01"))


@step("pandas.read_sql_table")
def _():
    same(len(pandas.read_sql_table("alchemy_frame", engine)), 6)


done(f"snowflake-sqlalchemy {version('snowflake-sqlalchemy')}, SQLAlchemy {version('sqlalchemy')}")
