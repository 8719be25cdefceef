namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of <c>maxUnavailable</c> and <c>maxSurge</c>: numbers or percentages, not both nothing.</summary>
internal static class RolloutRules
{
    public static void CheckBounds(
        FieldErrors errors, FieldPath path, IntOrString? maxUnavailable, IntOrString? maxSurge)
    {
        CheckAmount(errors, path.Child("maxUnavailable"), maxUnavailable);
        CheckAmount(errors, path.Child("maxSurge"), maxSurge);
        if (IsZero(maxUnavailable) && IsZero(maxSurge))
        {
            errors.InvalidJson(path.Child("maxUnavailable"), Shown.Amount(maxUnavailable),
                "may not be 0 when `maxSurge` is 0");
        }

        CheckAtMostAll(errors, path.Child("maxUnavailable"), maxUnavailable);
    }

    /// <summary>A DaemonSet may exceed or lack pods on a node, but not both.</summary>
    public static void CheckDaemonBounds(
        FieldErrors errors, FieldPath path, IntOrString? maxUnavailable, IntOrString? maxSurge)
    {
        CheckAmount(errors, path.Child("maxUnavailable"), maxUnavailable);
        CheckAmount(errors, path.Child("maxSurge"), maxSurge);
        var noSurge = maxSurge is null || IsZero(maxSurge);
        if (!IsZero(maxUnavailable) && !noSurge)
        {
            errors.InvalidJson(path.Child("maxSurge"), Shown.Amount(maxSurge),
                "may not be set when maxUnavailable is non-zero");
        }
        else if (IsZero(maxUnavailable) && noSurge)
        {
            errors.Required(path.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
        }

        CheckAtMostAll(errors, path.Child("maxUnavailable"), maxUnavailable);
        CheckAtMostAll(errors, path.Child("maxSurge"), maxSurge);
    }

    /// <summary>An update of a StatefulSet has no surge, so some pod must be allowed to be unavailable.</summary>
    public static void CheckUnavailable(FieldErrors errors, FieldPath path, IntOrString? maxUnavailable)
    {
        CheckAmount(errors, path, maxUnavailable);
        if (IsZero(maxUnavailable))
        {
            errors.InvalidJson(path, Shown.Amount(maxUnavailable), "cannot be 0");
        }

        CheckAtMostAll(errors, path, maxUnavailable);
    }

    public static void CheckAmount(FieldErrors errors, FieldPath path, IntOrString? amount)
    {
        switch (amount)
        {
            case { Text: { } text } when !NameRules.IsPercent(text):
                errors.InvalidJson(path, Shown.Amount(amount), NameRules.Percent(text)[0]);
                break;
            case { Text: null, Number: < 0 and var number }:
                errors.Invalid(path, number, MetadataRules.Negative);
                break;
            default:
                break;
        }
    }

    public static void CheckAtMostAll(FieldErrors errors, FieldPath path, IntOrString? amount)
    {
        if (amount is { Text: { } text } && NameRules.IsPercent(text) && (amount.Value.Percent ?? int.MaxValue) > 100)
        {
            errors.InvalidJson(path, Shown.Amount(amount), "must not be greater than 100%");
        }
    }

    private static bool IsZero(IntOrString? amount) =>
        amount is { } value && (value.Percent ?? (value.IsString ? 1 : value.Number)) == 0;
}
