using System.Globalization;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Event: of every one, and of those that newer clients write.</summary>
internal static class EventRules
{
    private const int NameLengthMax = 128;
    private const int NoteLengthMax = 1024;

    public static void Check(FieldErrors errors, Event @event)
    {
        var involved = @event.InvolvedObject.Namespace ?? "";
        var fits = @event.Metadata.Namespace == involved
                   || (involved.Length == 0 && @event.Metadata.Namespace is "default" or "kube-system");
        if (!fits)
        {
            errors.Invalid(FieldPath.Root("involvedObject").Child("namespace"), involved,
                "does not match event.namespace");
        }

        if (@event.EventTime is not null)
        {
            CheckReporter(errors, @event);
        }
    }

    /// <summary>An event that is created as one of events.k8s.io has a time, and nothing of the older kind.</summary>
    public static void Check(FieldErrors errors, Events.Event @event)
    {
        if (@event.EventTime is null)
        {
            errors.Required(FieldPath.Root("eventTime"));
            CheckReporter(errors, @event.ToStored());
        }

        if (@event.Type is not ("Normal" or "Warning"))
        {
            errors.Invalid(FieldPath.Root("type"), "", $"has invalid value: {@event.Type}");
        }

        Unset("firstTimestamp", @event.DeprecatedFirstTimestamp is null);
        Unset("lastTimestamp", @event.DeprecatedLastTimestamp is null);
        Unset("count", @event.DeprecatedCount == 0);
        Unset("source", @event.DeprecatedSource == EventSource.Empty);

        void Unset(string field, bool isUnset)
        {
            if (!isUnset)
            {
                errors.Invalid(FieldPath.Root(field), "", "needs to be unset");
            }
        }
    }

    /// <summary>An event that is changed as one of events.k8s.io goes on, and stays what it is.</summary>
    public static void CheckUpdate(FieldErrors errors, Event old, Event @new)
    {
        Kept("involvedObject", old.InvolvedObject == @new.InvolvedObject, Shown.Of(@new.InvolvedObject));
        KeptText("reason", old.Reason, @new.Reason);
        KeptText("message", old.Message, @new.Message);
        Kept("source", old.Source == @new.Source, Shown.Of(@new.Source));
        KeptText("firstTimestamp", Shown.Time(old.FirstTimestamp), Shown.Time(@new.FirstTimestamp));
        KeptText("lastTimestamp", Shown.Time(old.LastTimestamp), Shown.Time(@new.LastTimestamp));
        Kept("count", old.Count == @new.Count, @new.Count.ToString(CultureInfo.InvariantCulture));
        KeptText("type", old.Type, @new.Type);
        KeptText("eventTime", old.EventTime?.ToString(), @new.EventTime?.ToString());
        KeptText("action", old.Action, @new.Action);
        Kept("related", old.Related == @new.Related, Shown.Of(@new.Related));
        KeptText("reportingController", old.ReportingComponent, @new.ReportingComponent);
        KeptText("reportingInstance", old.ReportingInstance, @new.ReportingInstance);

        void KeptText(string field, string? before, string? after) =>
            Kept(field, (before ?? "") == (after ?? ""), FieldError.Quote(after ?? ""));

        void Kept(string field, bool isKept, string shown)
        {
            if (!isKept)
            {
                errors.InvalidJson(FieldPath.Root(field), shown, MetadataRules.Immutable);
            }
        }
    }

    private static void CheckReporter(FieldErrors errors, Event @event)
    {
        var controller = FieldPath.Root("reportingController");
        if (@event.ReportingComponent.Length == 0)
        {
            errors.Required(controller);
        }

        errors.Invalid(controller, @event.ReportingComponent, NameRules.QualifiedName(@event.ReportingComponent));
        CheckName("reportingInstance", @event.ReportingInstance);
        CheckName("action", @event.Action);
        CheckName("reason", @event.Reason);
        if (@event.Message?.Length > NoteLengthMax)
        {
            errors.Invalid(FieldPath.Root("message"), "", $"can have at most {NoteLengthMax} characters");
        }

        void CheckName(string field, string? value)
        {
            if (string.IsNullOrEmpty(value))
            {
                errors.Required(FieldPath.Root(field));
            }
            else if (value.Length > NameLengthMax)
            {
                errors.Invalid(FieldPath.Root(field), "", $"can have at most {NameLengthMax} characters");
            }
        }
    }
}
