"""The first tables"""

# Written by `python -m backend.migrations`, then read by a person.
import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('due',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_due')),
    sa.UniqueConstraint('kind', 'subject', name=op.f('uq_due_kind_subject')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_due_due', 'due', ['due_at', 'id'], unique=False)
    op.create_table('notice_text',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('notice', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('first_shown_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_text'))
    )
    op.create_table('person_token',
    sa.Column('token', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.PrimaryKeyConstraint('token', 'person_id', name=op.f('pk_person_token')),
    sqlite_with_rowid=False
    )
    op.create_table('pulse',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('home', sa.String(length=80), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pulse'))
    )
    op.create_table('tenant',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('hours', sa.JSON(), nullable=False),
    sa.Column('opens_at', sa.String(length=5), nullable=False),
    sa.Column('closes_at', sa.String(length=5), nullable=False),
    sa.Column('demonstration', sa.Boolean(), nullable=False),
    sa.Column('live_at', sa.BigInteger(), nullable=True),
    sa.Column('contact_days', sa.JSON(), nullable=False),
    sa.Column('extra_holidays', sa.JSON(), nullable=False),
    sa.Column('channel_limits', sa.JSON(), nullable=False),
    sa.Column('reminder_days', sa.JSON(), nullable=False),
    sa.Column('stalled_days', sa.JSON(), nullable=False),
    sa.Column('totp_roles', sa.JSON(), nullable=True),
    sa.Column('next_case', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenant')),
    sa.UniqueConstraint('slug', name=op.f('uq_tenant_slug'))
    )
    op.create_table('disaster',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('prefecture', sa.String(length=2), nullable=False),
    sa.Column('municipality', sa.String(length=5), nullable=False),
    sa.Column('acts', sa.JSON(), nullable=False),
    sa.Column('extended_deadlines', sa.JSON(), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_disaster_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disaster'))
    )
    op.create_index(op.f('ix_disaster_tenant_id'), 'disaster', ['tenant_id'], unique=False)
    op.create_table('district',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_district_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_district')),
    sa.UniqueConstraint('tenant_id', 'name', name=op.f('uq_district_tenant_id_name'))
    )
    op.create_table('person',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('kana', sa.LargeBinary(), nullable=True),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.String(length=32), nullable=True),
    sa.Column('landline', sa.LargeBinary(), nullable=True),
    sa.Column('birth_date', sa.LargeBinary(), nullable=True),
    sa.Column('sex', sa.String(length=10), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('current_address', sa.LargeBinary(), nullable=True),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('merged_into', sa.String(length=26), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_person_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person'))
    )
    op.create_index('ix_person_phone', 'person', ['tenant_id', 'phone_index'], unique=False)
    op.create_table('recipient',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('profession', sa.String(length=24), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('contact', sa.String(length=200), nullable=False),
    sa.Column('pledge_until', sa.Date(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_recipient_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient'))
    )
    op.create_index(op.f('ix_recipient_tenant_id'), 'recipient', ['tenant_id'], unique=False)
    op.create_table('team',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_team_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('tenant_id', 'name', name=op.f('uq_team_tenant_id_name'))
    )
    op.create_table('staff',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('demonstration', sa.Boolean(), nullable=False),
    sa.Column('must_change', sa.Boolean(), nullable=False),
    sa.Column('totp_secret', sa.LargeBinary(), nullable=True),
    sa.Column('totp_since', sa.BigInteger(), nullable=True),
    sa.Column('totp_step', sa.Integer(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=True),
    sa.Column('sent_by', sa.String(length=80), nullable=False),
    sa.Column('districts', sa.JSON(), nullable=False),
    sa.Column('recipient_id', sa.String(length=26), nullable=True),
    sa.Column('seen_at', sa.BigInteger(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.BigInteger(), nullable=True),
    sa.Column('on_duty', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_staff_recipient_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_staff_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('login', name=op.f('uq_staff_login'))
    )
    op.create_index(op.f('ix_staff_tenant_id'), 'staff', ['tenant_id'], unique=False)
    op.create_table('absence',
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('set_by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['set_by'], ['staff.id'], name=op.f('fk_absence_set_by')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_absence_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_absence_tenant_id')),
    sa.PrimaryKeyConstraint('staff_id', name=op.f('pk_absence'))
    )
    op.create_index(op.f('ix_absence_tenant_id'), 'absence', ['tenant_id'], unique=False)
    op.create_table('api_token',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('tail', sa.String(length=6), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_api_token_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_api_token_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token'))
    )
    op.create_index(op.f('ix_api_token_staff_id'), 'api_token', ['staff_id'], unique=False)
    op.create_index(op.f('ix_api_token_tenant_id'), 'api_token', ['tenant_id'], unique=False)
    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('object_kind', sa.String(length=20), nullable=False),
    sa.Column('object_id', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.LargeBinary(), nullable=True),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_audit_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_audit_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_index('ix_audit_object', 'audit', ['object_kind', 'object_id', 'id'], unique=False)
    op.create_index('ix_audit_tenant', 'audit', ['tenant_id', 'id'], unique=False)
    op.create_table('booth_day',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('next_number', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(length=26), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_booth_day_made_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_booth_day_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booth_day'))
    )
    op.create_index('ix_booth_day_held', 'booth_day', ['tenant_id', 'held_on'], unique=False)
    op.create_table('campaign',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('ladder', sa.JSON(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('pace', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(length=26), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=True),
    sa.Column('counted', sa.Integer(), nullable=True),
    sa.Column('approved_by', sa.String(length=26), nullable=True),
    sa.Column('approved_at', sa.BigInteger(), nullable=True),
    sa.Column('began_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('paused_why', sa.String(length=12), nullable=False),
    sa.Column('send_from', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['approved_by'], ['staff.id'], name=op.f('fk_campaign_approved_by')),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_campaign_made_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_campaign_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    op.create_index('ix_campaign_tenant', 'campaign', ['tenant_id', 'made_at', 'id'], unique=False)
    op.create_table('case',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('district', sa.String(length=80), nullable=False),
    sa.Column('damage_level', sa.String(length=20), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('demonstration', sa.Boolean(), nullable=False),
    sa.Column('assigned_to', sa.String(length=26), nullable=True),
    sa.Column('team', sa.String(length=40), nullable=False),
    sa.Column('category', sa.Integer(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('language_told', sa.Boolean(), nullable=False),
    sa.Column('origin', sa.String(length=20), nullable=False),
    sa.Column('first_contact_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('close_reason', sa.String(length=20), nullable=False),
    sa.Column('waiting_since', sa.BigInteger(), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assigned_to'], ['staff.id'], name=op.f('fk_case_assigned_to')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_case_person_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_case_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case')),
    sa.UniqueConstraint('tenant_id', 'number', name=op.f('uq_case_tenant_id_number'))
    )
    op.create_index('ix_case_assigned_to', 'case', ['tenant_id', 'assigned_to', 'status'], unique=False)
    op.create_index('ix_case_category', 'case', ['tenant_id', 'status', 'category', 'id'], unique=False)
    op.create_index('ix_case_changed_at', 'case', ['tenant_id', 'status', 'changed_at', 'id'], unique=False)
    op.create_index('ix_case_damage_level', 'case', ['tenant_id', 'damage_level', 'status'], unique=False)
    op.create_index('ix_case_district', 'case', ['tenant_id', 'status', 'district', 'id'], unique=False)
    op.create_index('ix_case_language', 'case', ['tenant_id', 'language', 'status'], unique=False)
    op.create_index(op.f('ix_case_person_id'), 'case', ['person_id'], unique=False)
    op.create_index('ix_case_review_on', 'case', ['tenant_id', 'status', 'review_on', 'id'], unique=False)
    op.create_index('ix_case_team', 'case', ['tenant_id', 'team', 'status'], unique=False)
    op.create_index('ix_case_waiting', 'case', ['tenant_id', 'waiting_since', 'id'], unique=False, sqlite_where=sa.text('waiting_since IS NOT NULL'), postgresql_where=sa.text('waiting_since IS NOT NULL'))
    op.create_table('disaster_decision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('disaster_id', sa.String(length=26), nullable=False),
    sa.Column('fact', sa.String(length=100), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['disaster_id'], ['disaster.id'], name=op.f('fk_disaster_decision_disaster_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_disaster_decision_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_disaster_decision_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disaster_decision'))
    )
    op.create_index('ix_disaster_decision_of', 'disaster_decision', ['disaster_id', 'id'], unique=False)
    op.create_table('job',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('detail', sa.LargeBinary(), nullable=False),
    sa.Column('result', sa.LargeBinary(), nullable=True),
    sa.Column('error', sa.String(length=80), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('leased_until', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_job_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_job_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    op.create_index('ix_job_changed', 'job', ['changed_at'], unique=False)
    op.create_index('ix_job_open', 'job', ['made_at', 'id'], unique=False, sqlite_where=sa.text("state IN ('waiting','running')"), postgresql_where=sa.text("state IN ('waiting','running')"))
    op.create_index('ix_job_tenant', 'job', ['tenant_id', 'kind', 'made_at'], unique=False)
    op.create_table('list_mapping',
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('headers', sa.JSON(), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_list_mapping_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_list_mapping_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'kind', name=op.f('pk_list_mapping'))
    )
    op.create_table('meeting',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.String(length=5), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('minutes', sa.LargeBinary(), nullable=True),
    sa.Column('made_by', sa.String(length=26), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_meeting_made_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_meeting_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting'))
    )
    op.create_table('notice_route',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('address_index', sa.String(length=32), nullable=False),
    sa.Column('bound_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_notice_route_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_route'))
    )
    op.create_index(op.f('ix_notice_route_address_index'), 'notice_route', ['address_index'], unique=False)
    op.create_index(op.f('ix_notice_route_staff_id'), 'notice_route', ['staff_id'], unique=False)
    op.create_table('outreach',
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('stopped_at', sa.BigInteger(), nullable=True),
    sa.Column('stopped_by', sa.String(length=26), nullable=True),
    sa.Column('stopped_why', sa.String(length=12), nullable=False),
    sa.Column('approve_over', sa.Integer(), nullable=False),
    sa.Column('weekly_cap', sa.Integer(), nullable=False),
    sa.Column('quiet_from', sa.String(length=5), nullable=False),
    sa.Column('quiet_until', sa.String(length=5), nullable=False),
    sa.Column('month_pushes', sa.Integer(), nullable=True),
    sa.Column('quota_limit', sa.Integer(), nullable=True),
    sa.Column('quota_used', sa.Integer(), nullable=True),
    sa.Column('quota_at', sa.BigInteger(), nullable=True),
    sa.Column('watching', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['stopped_by'], ['staff.id'], name=op.f('fk_outreach_stopped_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_outreach_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', name=op.f('pk_outreach'))
    )
    op.create_table('person_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('before', sa.LargeBinary(), nullable=False),
    sa.Column('after', sa.LargeBinary(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_change_person_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_person_change_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_person_change_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_change'))
    )
    op.create_index(op.f('ix_person_change_person_id'), 'person_change', ['person_id'], unique=False)
    op.create_table('program_edition',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('touched', sa.JSON(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('restores', sa.Integer(), nullable=True),
    sa.Column('made_by', sa.String(length=26), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('preview_id', sa.String(length=26), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_program_edition_decided_by')),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_program_edition_made_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_program_edition_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_program_edition')),
    sa.UniqueConstraint('tenant_id', 'number', name=op.f('uq_program_edition_tenant_id_number'))
    )
    op.create_index('ix_program_edition_state', 'program_edition', ['tenant_id', 'state', 'made_at'], unique=False)
    op.create_table('recovery_code',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_recovery_code_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    op.create_index(op.f('ix_recovery_code_staff_id'), 'recovery_code', ['staff_id'], unique=False)
    op.create_table('reply_template',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('changed_by', sa.String(length=26), nullable=True),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['staff.id'], name=op.f('fk_reply_template_changed_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_reply_template_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_template'))
    )
    op.create_index(op.f('ix_reply_template_tenant_id'), 'reply_template', ['tenant_id'], unique=False)
    op.create_table('saved_filter',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_saved_filter_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_saved_filter_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter'))
    )
    op.create_index('ix_saved_filter_tenant', 'saved_filter', ['tenant_id', 'staff_id'], unique=False)
    op.create_table('staff_form',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('went', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_form_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_form'))
    )
    op.create_index(op.f('ix_staff_form_at'), 'staff_form', ['at'], unique=False)
    op.create_table('staff_session',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_session_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_session'))
    )
    op.create_index(op.f('ix_staff_session_staff_id'), 'staff_session', ['staff_id'], unique=False)
    op.create_table('team_member',
    sa.Column('team_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_team_member_staff_id')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_member_team_id')),
    sa.PrimaryKeyConstraint('team_id', 'staff_id', name=op.f('pk_team_member'))
    )
    op.create_table('webhook',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('url', sa.LargeBinary(), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.Column('events', sa.JSON(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.String(length=26), nullable=True),
    sa.Column('seen', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_webhook_made_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_webhook_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook'))
    )
    op.create_index(op.f('ix_webhook_tenant_id'), 'webhook', ['tenant_id'], unique=False)
    op.create_table('api_once',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('token_id', sa.String(length=64), nullable=False),
    sa.Column('sent', sa.String(length=64), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['token_id'], ['api_token.id'], name=op.f('fk_api_once_token_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_once'))
    )
    op.create_index(op.f('ix_api_once_at'), 'api_once', ['at'], unique=False)
    op.create_index(op.f('ix_api_once_token_id'), 'api_once', ['token_id'], unique=False)
    op.create_table('binding_code',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_binding_code_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_binding_code_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_binding_code_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_binding_code'))
    )
    op.create_table('booth_station',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('day_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('place_in_row', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['day_id'], ['booth_day.id'], name=op.f('fk_booth_station_day_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_booth_station_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booth_station'))
    )
    op.create_index(op.f('ix_booth_station_day_id'), 'booth_station', ['day_id'], unique=False)
    op.create_table('campaign_member',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('campaign_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('rung', sa.String(length=10), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=True),
    sa.Column('alone', sa.Boolean(), nullable=False),
    sa.Column('wish', sa.String(length=8), nullable=False),
    sa.Column('waits', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_member_campaign_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_campaign_member_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_campaign_member_person_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_campaign_member_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_member')),
    sa.UniqueConstraint('campaign_id', 'case_id', name=op.f('uq_campaign_member_campaign_id_case_id')),
    postgresql_with={'fillfactor': 50},
    sqlite_autoincrement=True
    )
    op.create_index('ix_campaign_member_case', 'campaign_member', ['case_id'], unique=False)
    op.create_index('ix_campaign_member_state', 'campaign_member', ['campaign_id', 'state'], unique=False)
    op.create_table('case_link',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('code_index', sa.String(length=32), nullable=False),
    sa.Column('speaker', sa.String(length=10), nullable=False),
    sa.Column('relation', sa.String(length=20), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_link_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_case_link_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_case_link_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_link'))
    )
    op.create_index(op.f('ix_case_link_case_id'), 'case_link', ['case_id'], unique=False)
    op.create_table('case_lock',
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_lock_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_lock'))
    )
    op.create_table('category_decision',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('category', sa.Integer(), nullable=False),
    sa.Column('proposed', sa.Integer(), nullable=True),
    sa.Column('reasons', sa.LargeBinary(), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_category_decision_case_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_category_decision_decided_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_category_decision_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category_decision'))
    )
    op.create_index(op.f('ix_category_decision_case_id'), 'category_decision', ['case_id'], unique=False)
    op.create_table('closing',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('handed_to', sa.LargeBinary(), nullable=True),
    sa.Column('handover', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('closed_by', sa.String(length=26), nullable=False),
    sa.Column('reopened_at', sa.BigInteger(), nullable=True),
    sa.Column('reopened_by', sa.String(length=26), nullable=True),
    sa.Column('reopen_note', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_closing_case_id')),
    sa.ForeignKeyConstraint(['closed_by'], ['staff.id'], name=op.f('fk_closing_closed_by')),
    sa.ForeignKeyConstraint(['reopened_by'], ['staff.id'], name=op.f('fk_closing_reopened_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_closing_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closing'))
    )
    op.create_index(op.f('ix_closing_case_id'), 'closing', ['case_id'], unique=False)
    op.create_table('contact',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=True),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('campaign_id', sa.String(length=26), nullable=True),
    sa.Column('step', sa.String(length=20), nullable=True),
    sa.Column('result', sa.String(length=20), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=60), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_contact_campaign_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_contact_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_contact_person_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_contact_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_contact_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    op.create_index('ix_contact_case', 'contact', ['case_id', 'at', 'id'], unique=False)
    op.create_index('ix_contact_person', 'contact', ['person_id', 'at'], unique=False)
    op.create_index('ix_contact_when', 'contact', ['tenant_id', 'at', 'id'], unique=False)
    op.create_index('uq_contact_source', 'contact', ['source'], unique=True, sqlite_where=sa.text('source IS NOT NULL'), postgresql_where=sa.text('source IS NOT NULL'))
    op.create_table('conversation',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('address_index', sa.String(length=32), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('session', sa.LargeBinary(), nullable=True),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('held_by', sa.String(length=26), nullable=True),
    sa.Column('contact', sa.String(length=10), nullable=False),
    sa.Column('quiet', sa.Boolean(), nullable=False),
    sa.Column('reply', sa.LargeBinary(), nullable=True),
    sa.Column('reply_until', sa.BigInteger(), nullable=True),
    sa.Column('waiting_since', sa.BigInteger(), nullable=True),
    sa.Column('last_heard_at', sa.BigInteger(), nullable=True),
    sa.Column('last_event_at', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_conversation_case_id')),
    sa.ForeignKeyConstraint(['held_by'], ['staff.id'], name=op.f('fk_conversation_held_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_conversation_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation')),
    sa.UniqueConstraint('channel', 'address_index', name=op.f('uq_conversation_channel_address_index'))
    )
    op.create_index(op.f('ix_conversation_case_id'), 'conversation', ['case_id'], unique=False)
    op.create_index('ix_conversation_held', 'conversation', ['tenant_id', 'id'], unique=False, sqlite_where=sa.text('held_by IS NOT NULL'), postgresql_where=sa.text('held_by IS NOT NULL'))
    op.create_index('ix_conversation_lone', 'conversation', ['tenant_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('case_id IS NULL'), postgresql_where=sa.text('case_id IS NULL'))
    op.create_index('ix_conversation_waiting', 'conversation', ['tenant_id', 'waiting_since'], unique=False, sqlite_where=sa.text('waiting_since IS NOT NULL'), postgresql_where=sa.text('waiting_since IS NOT NULL'))
    op.create_table('household_member',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('relation', sa.String(length=20), nullable=False),
    sa.Column('about', sa.LargeBinary(), nullable=True),
    sa.Column('lives_together', sa.Boolean(), nullable=False),
    sa.Column('on_register', sa.Boolean(), nullable=True),
    sa.Column('head', sa.Boolean(), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_household_member_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_household_member_person_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_household_member_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_member'))
    )
    op.create_index(op.f('ix_household_member_case_id'), 'household_member', ['case_id'], unique=False)
    op.create_index(op.f('ix_household_member_person_id'), 'household_member', ['person_id'], unique=False)
    op.create_table('internal_note',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_internal_note_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_internal_note_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_internal_note_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_internal_note'))
    )
    op.create_index(op.f('ix_internal_note_case_id'), 'internal_note', ['case_id'], unique=False)
    op.create_table('match_proposal',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('one_case', sa.String(length=26), nullable=False),
    sa.Column('other_case', sa.String(length=26), nullable=False),
    sa.Column('one_person', sa.String(length=26), nullable=False),
    sa.Column('other_person', sa.String(length=26), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_match_proposal_decided_by')),
    sa.ForeignKeyConstraint(['one_case'], ['case.id'], name=op.f('fk_match_proposal_one_case')),
    sa.ForeignKeyConstraint(['one_person'], ['person.id'], name=op.f('fk_match_proposal_one_person')),
    sa.ForeignKeyConstraint(['other_case'], ['case.id'], name=op.f('fk_match_proposal_other_case')),
    sa.ForeignKeyConstraint(['other_person'], ['person.id'], name=op.f('fk_match_proposal_other_person')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_match_proposal_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_proposal')),
    sa.UniqueConstraint('one_case', 'other_case', name=op.f('uq_match_proposal_one_case_other_case'))
    )
    op.create_index(op.f('ix_match_proposal_one_case'), 'match_proposal', ['one_case'], unique=False)
    op.create_index('ix_match_proposal_open', 'match_proposal', ['tenant_id', 'state', 'score', 'id'], unique=False)
    op.create_index(op.f('ix_match_proposal_other_case'), 'match_proposal', ['other_case'], unique=False)
    op.create_table('meeting_item',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('meeting_id', sa.String(length=26), nullable=True),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=20), nullable=False),
    sa.Column('question', sa.LargeBinary(), nullable=True),
    sa.Column('decision', sa.LargeBinary(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('added_by', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['staff.id'], name=op.f('fk_meeting_item_added_by')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_meeting_item_case_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_item_meeting_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_meeting_item_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_item')),
    sa.UniqueConstraint('meeting_id', 'case_id', name=op.f('uq_meeting_item_meeting_id_case_id'))
    )
    op.create_index(op.f('ix_meeting_item_case_id'), 'meeting_item', ['case_id'], unique=False)
    op.create_index(op.f('ix_meeting_item_meeting_id'), 'meeting_item', ['meeting_id'], unique=False)
    op.create_table('other_way',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('address_index', sa.String(length=32), nullable=False),
    sa.Column('good', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.String(length=26), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_other_way_case_id')),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_other_way_made_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_other_way_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_other_way')),
    sa.UniqueConstraint('case_id', 'kind', 'address_index', name=op.f('uq_other_way_case_id_kind_address_index'))
    )
    op.create_index(op.f('ix_other_way_case_id'), 'other_way', ['case_id'], unique=False)
    op.create_table('participant',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('meeting_id', sa.String(length=26), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('organisation', sa.String(length=120), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('recipient_id', sa.String(length=26), nullable=True),
    sa.Column('pledged_on', sa.Date(), nullable=True),
    sa.Column('present', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_participant_meeting_id')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_participant_recipient_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_participant_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participant'))
    )
    op.create_index(op.f('ix_participant_meeting_id'), 'participant', ['meeting_id'], unique=False)
    op.create_table('policy_version',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('wish_home', sa.LargeBinary(), nullable=False),
    sa.Column('wish_life', sa.LargeBinary(), nullable=False),
    sa.Column('policy', sa.LargeBinary(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('author', sa.String(length=26), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['author'], ['staff.id'], name=op.f('fk_policy_version_author')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_policy_version_case_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_policy_version_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_version')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_policy_version_case_id_number'))
    )
    op.create_table('stored_file',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_stored_file_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_stored_file_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_stored_file_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file'))
    )
    op.create_index(op.f('ix_stored_file_case_id'), 'stored_file', ['case_id'], unique=False)
    op.create_index('ix_stored_file_expires', 'stored_file', ['expires_at'], unique=False)
    op.create_table('support_entry',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('args', sa.LargeBinary(), nullable=True),
    sa.Column('text', sa.LargeBinary(), nullable=True),
    sa.Column('about_kind', sa.String(length=20), nullable=False),
    sa.Column('about_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('written_at', sa.BigInteger(), nullable=False),
    sa.Column('struck_at', sa.BigInteger(), nullable=True),
    sa.Column('struck_by', sa.String(length=26), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_support_entry_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_support_entry_staff_id')),
    sa.ForeignKeyConstraint(['struck_by'], ['staff.id'], name=op.f('fk_support_entry_struck_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_support_entry_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_entry'))
    )
    op.create_index('ix_support_entry_case', 'support_entry', ['case_id', 'at', 'id'], unique=False)
    op.create_table('webhook_delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('webhook_id', sa.String(length=26), nullable=False),
    sa.Column('event', sa.String(length=24), nullable=False),
    sa.Column('subject', sa.String(length=26), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['webhook_id'], ['webhook.id'], name=op.f('fk_webhook_delivery_webhook_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_delivery')),
    sa.UniqueConstraint('webhook_id', 'event', 'subject', 'mark', name=op.f('uq_webhook_delivery_webhook_id_event_subject_mark'))
    )
    op.create_index('ix_webhook_delivery_due', 'webhook_delivery', ['next_at', 'id'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
    op.create_table('answer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=True),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('field', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=True),
    sa.Column('by', sa.String(length=20), nullable=False),
    sa.Column('about', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('superseded_at', sa.BigInteger(), nullable=True),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_answer_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer'))
    )
    op.create_index(op.f('ix_answer_case_id'), 'answer', ['case_id'], unique=False)
    op.create_index('ix_answer_conversation_id', 'answer', ['conversation_id'], unique=False, sqlite_where=sa.text('conversation_id IS NOT NULL'), postgresql_where=sa.text('conversation_id IS NOT NULL'))
    op.create_table('approach',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('campaign_id', sa.String(length=26), nullable=False),
    sa.Column('member_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('rung', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=True),
    sa.Column('target', sa.String(length=32), nullable=True),
    sa.Column('outbox_key', sa.String(length=40), nullable=True),
    sa.Column('planned_at', sa.BigInteger(), nullable=False),
    sa.Column('not_before', sa.BigInteger(), nullable=False),
    sa.Column('posted_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_approach_conversation_id')),
    sa.ForeignKeyConstraint(['member_id'], ['campaign_member.id'], name=op.f('fk_approach_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approach')),
    sa.UniqueConstraint('campaign_id', 'person_id', 'step', name=op.f('uq_approach_campaign_id_person_id_step')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_approach_person', 'approach', ['person_id', 'posted_at'], unique=False, sqlite_where=sa.text('posted_at IS NOT NULL'), postgresql_where=sa.text('posted_at IS NOT NULL'))
    op.create_index('ix_approach_planned', 'approach', ['campaign_id', 'not_before', 'id'], unique=False, sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))
    op.create_index('ix_approach_posted', 'approach', ['id'], unique=False, sqlite_where=sa.text("state = 'posted'"), postgresql_where=sa.text("state = 'posted'"))
    op.create_index('uq_approach_target', 'approach', ['campaign_id', 'target', 'step'], unique=True, sqlite_where=sa.text('target IS NOT NULL'), postgresql_where=sa.text('target IS NOT NULL'))
    op.create_table('attachment',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('ref', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_attachment_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index(op.f('ix_attachment_conversation_id'), 'attachment', ['conversation_id'], unique=False)
    op.create_table('booth_ticket',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('day_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('taken_at', sa.BigInteger(), nullable=False),
    sa.Column('waiting_since', sa.BigInteger(), nullable=False),
    sa.Column('called_at', sa.BigInteger(), nullable=True),
    sa.Column('called_by', sa.String(length=26), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['called_by'], ['staff.id'], name=op.f('fk_booth_ticket_called_by')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_booth_ticket_case_id')),
    sa.ForeignKeyConstraint(['day_id'], ['booth_day.id'], name=op.f('fk_booth_ticket_day_id')),
    sa.ForeignKeyConstraint(['station_id'], ['booth_station.id'], name=op.f('fk_booth_ticket_station_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_booth_ticket_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booth_ticket')),
    sa.UniqueConstraint('day_id', 'number', name=op.f('uq_booth_ticket_day_id_number'))
    )
    op.create_index(op.f('ix_booth_ticket_case_id'), 'booth_ticket', ['case_id'], unique=False)
    op.create_index('ix_booth_ticket_queue', 'booth_ticket', ['station_id', 'state', 'waiting_since', 'number'], unique=False)
    op.create_index('uq_booth_ticket_called', 'booth_ticket', ['station_id', 'called_by'], unique=True, sqlite_where=sa.text("state = 'called'"), postgresql_where=sa.text("state = 'called'"))
    op.create_table('case_binding',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('link_id', sa.String(length=64), nullable=True),
    sa.Column('speaker', sa.String(length=10), nullable=False),
    sa.Column('relation', sa.String(length=20), nullable=False),
    sa.Column('session', sa.LargeBinary(), nullable=True),
    sa.Column('bound_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_binding_case_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_case_binding_conversation_id')),
    sa.ForeignKeyConstraint(['link_id'], ['case_link.id'], name=op.f('fk_case_binding_link_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_case_binding_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_binding')),
    sa.UniqueConstraint('conversation_id', 'case_id', name=op.f('uq_case_binding_conversation_id_case_id'))
    )
    op.create_index(op.f('ix_case_binding_case_id'), 'case_binding', ['case_id'], unique=False)
    op.create_table('consent_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=True),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('recipient', sa.String(length=24), nullable=False),
    sa.Column('event', sa.String(length=12), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('notice_text_id', sa.String(length=64), nullable=True),
    sa.Column('method', sa.String(length=12), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('actor', sa.String(length=12), nullable=False),
    sa.Column('recorded_by', sa.String(length=26), nullable=True),
    sa.Column('explained_by', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_consent_event_case_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_consent_event_conversation_id')),
    sa.ForeignKeyConstraint(['explained_by'], ['staff.id'], name=op.f('fk_consent_event_explained_by')),
    sa.ForeignKeyConstraint(['notice_text_id'], ['notice_text.id'], name=op.f('fk_consent_event_notice_text_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['staff.id'], name=op.f('fk_consent_event_recorded_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_consent_event_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_event'))
    )
    op.create_index('ix_consent_event_case', 'consent_event', ['case_id', 'recipient', 'id'], unique=False)
    op.create_index('ix_consent_event_conversation', 'consent_event', ['conversation_id', 'recipient', 'id'], unique=False)
    op.create_table('household_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('member_id', sa.String(length=26), nullable=False),
    sa.Column('what', sa.String(length=12), nullable=False),
    sa.Column('before', sa.LargeBinary(), nullable=True),
    sa.Column('after', sa.LargeBinary(), nullable=True),
    sa.Column('other_case_id', sa.String(length=26), nullable=True),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_household_change_case_id')),
    sa.ForeignKeyConstraint(['member_id'], ['household_member.id'], name=op.f('fk_household_change_member_id')),
    sa.ForeignKeyConstraint(['other_case_id'], ['case.id'], name=op.f('fk_household_change_other_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_household_change_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_household_change_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_change'))
    )
    op.create_index(op.f('ix_household_change_case_id'), 'household_change', ['case_id'], unique=False)
    op.create_index(op.f('ix_household_change_member_id'), 'household_change', ['member_id'], unique=False)
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('event_id', sa.String(length=120), nullable=False),
    sa.Column('lane', sa.Integer(), nullable=False),
    sa.Column('happened_at', sa.BigInteger(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('parked_at', sa.BigInteger(), nullable=True),
    sa.Column('error', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_inbox_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('channel', 'event_id', name=op.f('uq_inbox_channel_event_id'))
    )
    op.create_index('ix_inbox_conversation', 'inbox', ['conversation_id', 'happened_at', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND parked_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND parked_at IS NULL'))
    op.create_index('ix_inbox_pending', 'inbox', ['lane', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND parked_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND parked_at IS NULL'))
    op.create_table('letter',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('campaign_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('member_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('run', sa.String(length=26), nullable=False),
    sa.Column('file_id', sa.String(length=26), nullable=True),
    sa.Column('link_id', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('printed_at', sa.BigInteger(), nullable=False),
    sa.Column('printed_by', sa.String(length=26), nullable=False),
    sa.Column('posted_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('changed_by', sa.String(length=26), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_letter_campaign_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_letter_case_id')),
    sa.ForeignKeyConstraint(['changed_by'], ['staff.id'], name=op.f('fk_letter_changed_by')),
    sa.ForeignKeyConstraint(['member_id'], ['campaign_member.id'], name=op.f('fk_letter_member_id')),
    sa.ForeignKeyConstraint(['printed_by'], ['staff.id'], name=op.f('fk_letter_printed_by')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_letter_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    op.create_index('ix_letter_campaign', 'letter', ['campaign_id', 'state', 'id'], unique=False)
    op.create_index('ix_letter_case', 'letter', ['case_id'], unique=False)
    op.create_table('list_import',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('file_id', sa.String(length=26), nullable=True),
    sa.Column('file_name', sa.LargeBinary(), nullable=False),
    sa.Column('sheet', sa.LargeBinary(), nullable=False),
    sa.Column('beside', sa.LargeBinary(), nullable=True),
    sa.Column('header_row', sa.Integer(), nullable=False),
    sa.Column('headers', sa.LargeBinary(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('job_id', sa.String(length=26), nullable=True),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('applied_at', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_list_import_file_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_list_import_job_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_list_import_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_list_import_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_import'))
    )
    op.create_index('ix_list_import_tenant', 'list_import', ['tenant_id', 'at'], unique=False)
    op.create_table('merge',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('kept_case', sa.String(length=26), nullable=False),
    sa.Column('gone_case', sa.String(length=26), nullable=False),
    sa.Column('proposal_id', sa.String(length=26), nullable=True),
    sa.Column('moved', sa.LargeBinary(), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('undone_by', sa.String(length=26), nullable=True),
    sa.Column('undone_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['staff.id'], name=op.f('fk_merge_by')),
    sa.ForeignKeyConstraint(['gone_case'], ['case.id'], name=op.f('fk_merge_gone_case')),
    sa.ForeignKeyConstraint(['kept_case'], ['case.id'], name=op.f('fk_merge_kept_case')),
    sa.ForeignKeyConstraint(['proposal_id'], ['match_proposal.id'], name=op.f('fk_merge_proposal_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_merge_tenant_id')),
    sa.ForeignKeyConstraint(['undone_by'], ['staff.id'], name=op.f('fk_merge_undone_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge'))
    )
    op.create_index(op.f('ix_merge_gone_case'), 'merge', ['gone_case'], unique=False)
    op.create_index(op.f('ix_merge_kept_case'), 'merge', ['kept_case'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('author', sa.String(length=10), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=True),
    sa.Column('surface', sa.String(length=5), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('original', sa.LargeBinary(), nullable=True),
    sa.Column('event_ref', sa.String(length=120), nullable=False),
    sa.Column('inbox_id', sa.BigInteger(), nullable=True),
    sa.Column('outbox_key', sa.String(length=40), nullable=False),
    sa.Column('hidden_at', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_message_conversation_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_message_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    op.create_index('ix_message_conversation', 'message', ['conversation_id', 'id'], unique=False)
    op.create_index(op.f('ix_message_outbox_key'), 'message', ['outbox_key'], unique=False)
    op.create_table('notice_shown',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('notice_text_id', sa.String(length=64), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_notice_shown_conversation_id')),
    sa.ForeignKeyConstraint(['notice_text_id'], ['notice_text.id'], name=op.f('fk_notice_shown_notice_text_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_shown'))
    )
    op.create_index(op.f('ix_notice_shown_conversation_id'), 'notice_shown', ['conversation_id'], unique=False)
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=False),
    sa.Column('leased_until', sa.BigInteger(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('first_tried_at', sa.BigInteger(), nullable=True),
    sa.Column('reply', sa.LargeBinary(), nullable=True),
    sa.Column('reply_until', sa.BigInteger(), nullable=True),
    sa.Column('reply_tried', sa.Boolean(), nullable=False),
    sa.Column('again', sa.Boolean(), nullable=False),
    sa.Column('request_id', sa.String(length=80), nullable=False),
    sa.Column('error', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_outbox_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index('ix_outbox_conversation', 'outbox', ['conversation_id', 'id'], unique=False, sqlite_where=sa.text("state IN ('pending','sending')"), postgresql_where=sa.text("state IN ('pending','sending')"))
    op.create_index('ix_outbox_due', 'outbox', ['next_at', 'id'], unique=False, sqlite_where=sa.text("state IN ('pending','sending')"), postgresql_where=sa.text("state IN ('pending','sending')"))
    op.create_index('ix_outbox_urgent', 'outbox', ['next_at', 'id'], unique=False, sqlite_where=sa.text("kind = 'crisis' AND state IN ('pending','sending')"), postgresql_where=sa.text("kind = 'crisis' AND state IN ('pending','sending')"))
    op.create_table('page_link',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_page_link_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_page_link'))
    )
    op.create_index(op.f('ix_page_link_conversation_id'), 'page_link', ['conversation_id'], unique=False)
    op.create_table('program_reminder',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('program', sa.String(length=60), nullable=False),
    sa.Column('deadline', sa.Date(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_program_reminder_case_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_program_reminder_conversation_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_program_reminder_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_program_reminder')),
    sa.UniqueConstraint('conversation_id', 'program', name=op.f('uq_program_reminder_conversation_id_program'))
    )
    op.create_index(op.f('ix_program_reminder_case_id'), 'program_reminder', ['case_id'], unique=False)
    op.create_table('referral',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=True),
    sa.Column('profession', sa.String(length=24), nullable=False),
    sa.Column('recipient_id', sa.String(length=26), nullable=True),
    sa.Column('consent', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=26), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_referral_case_id')),
    sa.ForeignKeyConstraint(['changed_by'], ['staff.id'], name=op.f('fk_referral_changed_by')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_referral_conversation_id')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_referral_recipient_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_referral_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral'))
    )
    op.create_index(op.f('ix_referral_case_id'), 'referral', ['case_id'], unique=False)
    op.create_index(op.f('ix_referral_conversation_id'), 'referral', ['conversation_id'], unique=False)
    op.create_table('suggestion',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('conversation_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('catalogue', sa.String(length=40), nullable=False),
    sa.Column('inputs', sa.LargeBinary(), nullable=False),
    sa.Column('result', sa.LargeBinary(), nullable=False),
    sa.Column('counts', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_suggestion_case_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_suggestion_conversation_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_suggestion_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestion'))
    )
    op.create_index(op.f('ix_suggestion_case_id'), 'suggestion', ['case_id'], unique=False)
    op.create_index(op.f('ix_suggestion_conversation_id'), 'suggestion', ['conversation_id'], unique=False)
    op.create_table('visit_request',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=26), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_visit_request_case_id')),
    sa.ForeignKeyConstraint(['changed_by'], ['staff.id'], name=op.f('fk_visit_request_changed_by')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_visit_request_conversation_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_visit_request_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_request'))
    )
    op.create_index(op.f('ix_visit_request_case_id'), 'visit_request', ['case_id'], unique=False)
    op.create_index('ix_visit_request_state', 'visit_request', ['tenant_id', 'state', 'due_at', 'id'], unique=False)
    op.create_table('booth_draft',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('ticket_id', sa.String(length=26), nullable=True),
    sa.Column('origin', sa.String(length=20), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('fields', sa.LargeBinary(), nullable=False),
    sa.Column('taken', sa.LargeBinary(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('seeded', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_booth_draft_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_booth_draft_staff_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_booth_draft_tenant_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['booth_ticket.id'], name=op.f('fk_booth_draft_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booth_draft'))
    )
    op.create_index(op.f('ix_booth_draft_case_id'), 'booth_draft', ['case_id'], unique=False)
    op.create_index(op.f('ix_booth_draft_staff_id'), 'booth_draft', ['staff_id'], unique=False)
    op.create_table('booth_stop',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('day_id', sa.String(length=26), nullable=False),
    sa.Column('ticket_id', sa.String(length=26), nullable=False),
    sa.Column('station_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('waited_from', sa.BigInteger(), nullable=False),
    sa.Column('called_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=False),
    sa.Column('result', sa.String(length=12), nullable=False),
    sa.Column('done', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['day_id'], ['booth_day.id'], name=op.f('fk_booth_stop_day_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_booth_stop_staff_id')),
    sa.ForeignKeyConstraint(['station_id'], ['booth_station.id'], name=op.f('fk_booth_stop_station_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_booth_stop_tenant_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['booth_ticket.id'], name=op.f('fk_booth_stop_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booth_stop'))
    )
    op.create_index(op.f('ix_booth_stop_day_id'), 'booth_stop', ['day_id'], unique=False)
    op.create_index(op.f('ix_booth_stop_ticket_id'), 'booth_stop', ['ticket_id'], unique=False)
    op.create_table('list_chunk',
    sa.Column('import_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('rows', sa.LargeBinary(), nullable=False),
    sa.Column('found', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['list_import.id'], name=op.f('fk_list_chunk_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'number', name=op.f('pk_list_chunk'))
    )
    op.create_table('list_row',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('household', sa.String(length=32), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('import_id', sa.String(length=26), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=32), nullable=False),
    sa.Column('cells', sa.LargeBinary(), nullable=False),
    sa.Column('before', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_list_row_case_id')),
    sa.ForeignKeyConstraint(['import_id'], ['list_import.id'], name=op.f('fk_list_row_import_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_list_row_person_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_list_row_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_row')),
    sa.UniqueConstraint('tenant_id', 'kind', 'key', name=op.f('uq_list_row_tenant_id_kind_key'))
    )
    op.create_index(op.f('ix_list_row_case_id'), 'list_row', ['case_id'], unique=False)
    op.create_index('ix_list_row_household', 'list_row', ['tenant_id', 'kind', 'household'], unique=False)
    op.create_index(op.f('ix_list_row_import_id'), 'list_row', ['import_id'], unique=False)
    op.create_index(op.f('ix_list_row_person_id'), 'list_row', ['person_id'], unique=False)
    op.create_table('task',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(length=24), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=True),
    sa.Column('conversation_id', sa.String(length=26), nullable=True),
    sa.Column('referral_id', sa.String(length=26), nullable=True),
    sa.Column('visit_request_id', sa.String(length=26), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('acked_at', sa.BigInteger(), nullable=True),
    sa.Column('acked_by', sa.String(length=26), nullable=True),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('done_by', sa.String(length=26), nullable=True),
    sa.Column('paged_all_at', sa.BigInteger(), nullable=True),
    sa.Column('truth_told_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['acked_by'], ['staff.id'], name=op.f('fk_task_acked_by')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_task_case_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_task_conversation_id')),
    sa.ForeignKeyConstraint(['done_by'], ['staff.id'], name=op.f('fk_task_done_by')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_task_referral_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_task_tenant_id')),
    sa.ForeignKeyConstraint(['visit_request_id'], ['visit_request.id'], name=op.f('fk_task_visit_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task'))
    )
    op.create_index(op.f('ix_task_case_id'), 'task', ['case_id'], unique=False)
    op.create_index(op.f('ix_task_conversation_id'), 'task', ['conversation_id'], unique=False)
    op.create_index('ix_task_open', 'task', ['tenant_id', 'done_at', 'rank', 'due_at', 'id'], unique=False)
    op.create_index('ix_task_unseen', 'task', ['tenant_id', 'kind', 'done_at', 'made_at'], unique=False, sqlite_where=sa.text('acked_at IS NULL'), postgresql_where=sa.text('acked_at IS NULL'))
    op.create_table('token_run',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('import_id', sa.String(length=26), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['list_import.id'], name=op.f('fk_token_run_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_token_run'))
    )
    op.create_index(op.f('ix_token_run_import_id'), 'token_run', ['import_id'], unique=False)
    op.create_table('visit',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('case_id', sa.String(length=26), nullable=False),
    sa.Column('request_id', sa.String(length=26), nullable=True),
    sa.Column('campaign_id', sa.String(length=26), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('why', sa.String(length=20), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('from_time', sa.String(length=5), nullable=False),
    sa.Column('until_time', sa.String(length=5), nullable=False),
    sa.Column('place_in_day', sa.Integer(), nullable=False),
    sa.Column('first_worker', sa.String(length=26), nullable=True),
    sa.Column('second_worker', sa.String(length=26), nullable=True),
    sa.Column('interpreter', sa.String(length=10), nullable=False),
    sa.Column('safety', sa.LargeBinary(), nullable=True),
    sa.Column('contact_id', sa.String(length=26), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=26), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_visit_campaign_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_visit_case_id')),
    sa.ForeignKeyConstraint(['changed_by'], ['staff.id'], name=op.f('fk_visit_changed_by')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_visit_contact_id')),
    sa.ForeignKeyConstraint(['first_worker'], ['staff.id'], name=op.f('fk_visit_first_worker')),
    sa.ForeignKeyConstraint(['request_id'], ['visit_request.id'], name=op.f('fk_visit_request_id')),
    sa.ForeignKeyConstraint(['second_worker'], ['staff.id'], name=op.f('fk_visit_second_worker')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_visit_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit'))
    )
    op.create_index(op.f('ix_visit_case_id'), 'visit', ['case_id'], unique=False)
    op.create_index('ix_visit_day', 'visit', ['tenant_id', 'planned_on', 'place_in_day'], unique=False)
    op.create_index('ix_visit_wanted', 'visit', ['tenant_id', 'state', 'priority', 'id'], unique=False)
    op.create_table('assignment',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('item_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('what', sa.LargeBinary(), nullable=False),
    sa.Column('owner', sa.LargeBinary(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('task_id', sa.String(length=26), nullable=True),
    sa.Column('referral_id', sa.String(length=26), nullable=True),
    sa.ForeignKeyConstraint(['item_id'], ['meeting_item.id'], name=op.f('fk_assignment_item_id')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_assignment_referral_id')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_assignment_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    op.create_index(op.f('ix_assignment_item_id'), 'assignment', ['item_id'], unique=False)
    op.create_table('notice',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('tenant_id', sa.String(length=26), nullable=False),
    sa.Column('staff_id', sa.String(length=26), nullable=False),
    sa.Column('task_id', sa.String(length=26), nullable=True),
    sa.Column('urgency', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('route', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_notice_staff_id')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_notice_task_id')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_notice_tenant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    op.create_index('ix_notice_due', 'notice', ['state', 'due_at', 'id'], unique=False)
    op.create_index(op.f('ix_notice_staff_id'), 'notice', ['staff_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_notice_staff_id'), table_name='notice')
    op.drop_index('ix_notice_due', table_name='notice')
    op.drop_table('notice')
    op.drop_index(op.f('ix_assignment_item_id'), table_name='assignment')
    op.drop_table('assignment')
    op.drop_index('ix_visit_wanted', table_name='visit')
    op.drop_index('ix_visit_day', table_name='visit')
    op.drop_index(op.f('ix_visit_case_id'), table_name='visit')
    op.drop_table('visit')
    op.drop_index(op.f('ix_token_run_import_id'), table_name='token_run')
    op.drop_table('token_run')
    op.drop_index('ix_task_unseen', table_name='task', sqlite_where=sa.text('acked_at IS NULL'), postgresql_where=sa.text('acked_at IS NULL'))
    op.drop_index('ix_task_open', table_name='task')
    op.drop_index(op.f('ix_task_conversation_id'), table_name='task')
    op.drop_index(op.f('ix_task_case_id'), table_name='task')
    op.drop_table('task')
    op.drop_index(op.f('ix_list_row_person_id'), table_name='list_row')
    op.drop_index(op.f('ix_list_row_import_id'), table_name='list_row')
    op.drop_index('ix_list_row_household', table_name='list_row')
    op.drop_index(op.f('ix_list_row_case_id'), table_name='list_row')
    op.drop_table('list_row')
    op.drop_table('list_chunk')
    op.drop_index(op.f('ix_booth_stop_ticket_id'), table_name='booth_stop')
    op.drop_index(op.f('ix_booth_stop_day_id'), table_name='booth_stop')
    op.drop_table('booth_stop')
    op.drop_index(op.f('ix_booth_draft_staff_id'), table_name='booth_draft')
    op.drop_index(op.f('ix_booth_draft_case_id'), table_name='booth_draft')
    op.drop_table('booth_draft')
    op.drop_index('ix_visit_request_state', table_name='visit_request')
    op.drop_index(op.f('ix_visit_request_case_id'), table_name='visit_request')
    op.drop_table('visit_request')
    op.drop_index(op.f('ix_suggestion_conversation_id'), table_name='suggestion')
    op.drop_index(op.f('ix_suggestion_case_id'), table_name='suggestion')
    op.drop_table('suggestion')
    op.drop_index(op.f('ix_referral_conversation_id'), table_name='referral')
    op.drop_index(op.f('ix_referral_case_id'), table_name='referral')
    op.drop_table('referral')
    op.drop_index(op.f('ix_program_reminder_case_id'), table_name='program_reminder')
    op.drop_table('program_reminder')
    op.drop_index(op.f('ix_page_link_conversation_id'), table_name='page_link')
    op.drop_table('page_link')
    op.drop_index('ix_outbox_urgent', table_name='outbox', sqlite_where=sa.text("kind = 'crisis' AND state IN ('pending','sending')"), postgresql_where=sa.text("kind = 'crisis' AND state IN ('pending','sending')"))
    op.drop_index('ix_outbox_due', table_name='outbox', sqlite_where=sa.text("state IN ('pending','sending')"), postgresql_where=sa.text("state IN ('pending','sending')"))
    op.drop_index('ix_outbox_conversation', table_name='outbox', sqlite_where=sa.text("state IN ('pending','sending')"), postgresql_where=sa.text("state IN ('pending','sending')"))
    op.drop_table('outbox')
    op.drop_index(op.f('ix_notice_shown_conversation_id'), table_name='notice_shown')
    op.drop_table('notice_shown')
    op.drop_index(op.f('ix_message_outbox_key'), table_name='message')
    op.drop_index('ix_message_conversation', table_name='message')
    op.drop_table('message')
    op.drop_index(op.f('ix_merge_kept_case'), table_name='merge')
    op.drop_index(op.f('ix_merge_gone_case'), table_name='merge')
    op.drop_table('merge')
    op.drop_index('ix_list_import_tenant', table_name='list_import')
    op.drop_table('list_import')
    op.drop_index('ix_letter_case', table_name='letter')
    op.drop_index('ix_letter_campaign', table_name='letter')
    op.drop_table('letter')
    op.drop_index('ix_inbox_pending', table_name='inbox', sqlite_where=sa.text('done_at IS NULL AND parked_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND parked_at IS NULL'))
    op.drop_index('ix_inbox_conversation', table_name='inbox', sqlite_where=sa.text('done_at IS NULL AND parked_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND parked_at IS NULL'))
    op.drop_table('inbox')
    op.drop_index(op.f('ix_household_change_member_id'), table_name='household_change')
    op.drop_index(op.f('ix_household_change_case_id'), table_name='household_change')
    op.drop_table('household_change')
    op.drop_index('ix_consent_event_conversation', table_name='consent_event')
    op.drop_index('ix_consent_event_case', table_name='consent_event')
    op.drop_table('consent_event')
    op.drop_index(op.f('ix_case_binding_case_id'), table_name='case_binding')
    op.drop_table('case_binding')
    op.drop_index('uq_booth_ticket_called', table_name='booth_ticket', sqlite_where=sa.text("state = 'called'"), postgresql_where=sa.text("state = 'called'"))
    op.drop_index('ix_booth_ticket_queue', table_name='booth_ticket')
    op.drop_index(op.f('ix_booth_ticket_case_id'), table_name='booth_ticket')
    op.drop_table('booth_ticket')
    op.drop_index(op.f('ix_attachment_conversation_id'), table_name='attachment')
    op.drop_table('attachment')
    op.drop_index('uq_approach_target', table_name='approach', sqlite_where=sa.text('target IS NOT NULL'), postgresql_where=sa.text('target IS NOT NULL'))
    op.drop_index('ix_approach_posted', table_name='approach', sqlite_where=sa.text("state = 'posted'"), postgresql_where=sa.text("state = 'posted'"))
    op.drop_index('ix_approach_planned', table_name='approach', sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))
    op.drop_index('ix_approach_person', table_name='approach', sqlite_where=sa.text('posted_at IS NOT NULL'), postgresql_where=sa.text('posted_at IS NOT NULL'))
    op.drop_table('approach')
    op.drop_index('ix_answer_conversation_id', table_name='answer', sqlite_where=sa.text('conversation_id IS NOT NULL'), postgresql_where=sa.text('conversation_id IS NOT NULL'))
    op.drop_index(op.f('ix_answer_case_id'), table_name='answer')
    op.drop_table('answer')
    op.drop_index('ix_webhook_delivery_due', table_name='webhook_delivery', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
    op.drop_table('webhook_delivery')
    op.drop_index('ix_support_entry_case', table_name='support_entry')
    op.drop_table('support_entry')
    op.drop_index('ix_stored_file_expires', table_name='stored_file')
    op.drop_index(op.f('ix_stored_file_case_id'), table_name='stored_file')
    op.drop_table('stored_file')
    op.drop_table('policy_version')
    op.drop_index(op.f('ix_participant_meeting_id'), table_name='participant')
    op.drop_table('participant')
    op.drop_index(op.f('ix_other_way_case_id'), table_name='other_way')
    op.drop_table('other_way')
    op.drop_index(op.f('ix_meeting_item_meeting_id'), table_name='meeting_item')
    op.drop_index(op.f('ix_meeting_item_case_id'), table_name='meeting_item')
    op.drop_table('meeting_item')
    op.drop_index(op.f('ix_match_proposal_other_case'), table_name='match_proposal')
    op.drop_index('ix_match_proposal_open', table_name='match_proposal')
    op.drop_index(op.f('ix_match_proposal_one_case'), table_name='match_proposal')
    op.drop_table('match_proposal')
    op.drop_index(op.f('ix_internal_note_case_id'), table_name='internal_note')
    op.drop_table('internal_note')
    op.drop_index(op.f('ix_household_member_person_id'), table_name='household_member')
    op.drop_index(op.f('ix_household_member_case_id'), table_name='household_member')
    op.drop_table('household_member')
    op.drop_index('ix_conversation_waiting', table_name='conversation', sqlite_where=sa.text('waiting_since IS NOT NULL'), postgresql_where=sa.text('waiting_since IS NOT NULL'))
    op.drop_index('ix_conversation_lone', table_name='conversation', sqlite_where=sa.text('case_id IS NULL'), postgresql_where=sa.text('case_id IS NULL'))
    op.drop_index('ix_conversation_held', table_name='conversation', sqlite_where=sa.text('held_by IS NOT NULL'), postgresql_where=sa.text('held_by IS NOT NULL'))
    op.drop_index(op.f('ix_conversation_case_id'), table_name='conversation')
    op.drop_table('conversation')
    op.drop_index('uq_contact_source', table_name='contact', sqlite_where=sa.text('source IS NOT NULL'), postgresql_where=sa.text('source IS NOT NULL'))
    op.drop_index('ix_contact_when', table_name='contact')
    op.drop_index('ix_contact_person', table_name='contact')
    op.drop_index('ix_contact_case', table_name='contact')
    op.drop_table('contact')
    op.drop_index(op.f('ix_closing_case_id'), table_name='closing')
    op.drop_table('closing')
    op.drop_index(op.f('ix_category_decision_case_id'), table_name='category_decision')
    op.drop_table('category_decision')
    op.drop_table('case_lock')
    op.drop_index(op.f('ix_case_link_case_id'), table_name='case_link')
    op.drop_table('case_link')
    op.drop_index('ix_campaign_member_state', table_name='campaign_member')
    op.drop_index('ix_campaign_member_case', table_name='campaign_member')
    op.drop_table('campaign_member')
    op.drop_index(op.f('ix_booth_station_day_id'), table_name='booth_station')
    op.drop_table('booth_station')
    op.drop_table('binding_code')
    op.drop_index(op.f('ix_api_once_token_id'), table_name='api_once')
    op.drop_index(op.f('ix_api_once_at'), table_name='api_once')
    op.drop_table('api_once')
    op.drop_index(op.f('ix_webhook_tenant_id'), table_name='webhook')
    op.drop_table('webhook')
    op.drop_table('team_member')
    op.drop_index(op.f('ix_staff_session_staff_id'), table_name='staff_session')
    op.drop_table('staff_session')
    op.drop_index(op.f('ix_staff_form_at'), table_name='staff_form')
    op.drop_table('staff_form')
    op.drop_index('ix_saved_filter_tenant', table_name='saved_filter')
    op.drop_table('saved_filter')
    op.drop_index(op.f('ix_reply_template_tenant_id'), table_name='reply_template')
    op.drop_table('reply_template')
    op.drop_index(op.f('ix_recovery_code_staff_id'), table_name='recovery_code')
    op.drop_table('recovery_code')
    op.drop_index('ix_program_edition_state', table_name='program_edition')
    op.drop_table('program_edition')
    op.drop_index(op.f('ix_person_change_person_id'), table_name='person_change')
    op.drop_table('person_change')
    op.drop_table('outreach')
    op.drop_index(op.f('ix_notice_route_staff_id'), table_name='notice_route')
    op.drop_index(op.f('ix_notice_route_address_index'), table_name='notice_route')
    op.drop_table('notice_route')
    op.drop_table('meeting')
    op.drop_table('list_mapping')
    op.drop_index('ix_job_tenant', table_name='job')
    op.drop_index('ix_job_open', table_name='job', sqlite_where=sa.text("state IN ('waiting','running')"), postgresql_where=sa.text("state IN ('waiting','running')"))
    op.drop_index('ix_job_changed', table_name='job')
    op.drop_table('job')
    op.drop_index('ix_disaster_decision_of', table_name='disaster_decision')
    op.drop_table('disaster_decision')
    op.drop_index('ix_case_waiting', table_name='case', sqlite_where=sa.text('waiting_since IS NOT NULL'), postgresql_where=sa.text('waiting_since IS NOT NULL'))
    op.drop_index('ix_case_team', table_name='case')
    op.drop_index('ix_case_review_on', table_name='case')
    op.drop_index(op.f('ix_case_person_id'), table_name='case')
    op.drop_index('ix_case_language', table_name='case')
    op.drop_index('ix_case_district', table_name='case')
    op.drop_index('ix_case_damage_level', table_name='case')
    op.drop_index('ix_case_changed_at', table_name='case')
    op.drop_index('ix_case_category', table_name='case')
    op.drop_index('ix_case_assigned_to', table_name='case')
    op.drop_table('case')
    op.drop_index('ix_campaign_tenant', table_name='campaign')
    op.drop_table('campaign')
    op.drop_index('ix_booth_day_held', table_name='booth_day')
    op.drop_table('booth_day')
    op.drop_index('ix_audit_tenant', table_name='audit')
    op.drop_index('ix_audit_object', table_name='audit')
    op.drop_table('audit')
    op.drop_index(op.f('ix_api_token_tenant_id'), table_name='api_token')
    op.drop_index(op.f('ix_api_token_staff_id'), table_name='api_token')
    op.drop_table('api_token')
    op.drop_index(op.f('ix_absence_tenant_id'), table_name='absence')
    op.drop_table('absence')
    op.drop_index(op.f('ix_staff_tenant_id'), table_name='staff')
    op.drop_table('staff')
    op.drop_table('team')
    op.drop_index(op.f('ix_recipient_tenant_id'), table_name='recipient')
    op.drop_table('recipient')
    op.drop_index('ix_person_phone', table_name='person')
    op.drop_table('person')
    op.drop_table('district')
    op.drop_index(op.f('ix_disaster_tenant_id'), table_name='disaster')
    op.drop_table('disaster')
    op.drop_table('tenant')
    op.drop_table('pulse')
    op.drop_table('person_token')
    op.drop_table('notice_text')
    op.drop_index('ix_due_due', table_name='due')
    op.drop_table('due')
