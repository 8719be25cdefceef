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
