from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from cms import starter
        from cms.audit.acts import register_acts
        from cms.jobs.operations import register_work
        from courses import acts, load, loading, receivers, work  # noqa: F401  (receivers connect themselves when imported)
        from courses.operations.privacy import OWN
        from courses.queries.catalogue import in_readers_language as read
        from courses.queries.readings import first_things
        from schools.operations.loads.people import register_part
        from schools.operations.notifications import register_kind
        from schools.privacy import register
        from schools.queries.desks import register_first

        register_acts("courses", acts.TITLE, acts.ACTS, kinds=acts.KINDS, details=acts.DETAILS)
        register_first(first_things)
        register_part(load.part())
        register("courses", OWN)
        register_work(work.CERTIFICATES_JOB, work.print_certificates)
        starter.register("courses", 50, loading.load_courses, read=loading.read_courses)

        register_kind("assigned", _("You have new work: “%(title)s”, due %(due)s."), read=read)
        register_kind("due_extended", _("You have more time for “%(title)s”: until %(due)s."), read=read)
        register_kind("reminder", _("Your teacher reminds you: “%(title)s”, due %(due)s."), read=read)
        register_kind("certificate", _("You have a new certificate: “%(title)s”."), may_leave=True)
        register_kind("certificate_withdrawn", _("Your certificate “%(title)s” was withdrawn."), may_leave=True)
        register_kind("training", _("You are invited to a training: “%(title)s”, %(on)s, %(venue)s."), may_leave=True)
        register_kind("family_accepted", _("Your teacher has accepted: “%(service)s”. Well done!"))
        register_kind("family_again", _("“%(service)s”: your teacher asks you to do it once more. %(note)s"))
        register_kind("due_soon", _("“%(title)s” is due %(due)s and not done yet."), read=read)
        register_kind(
            "not_started", _("“%(title)s” waits for you: nothing is begun yet, and it is due %(due)s."), read=read
        )
