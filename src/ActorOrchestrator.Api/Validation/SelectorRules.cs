namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a <c>LabelSelector</c>.</summary>
internal static class SelectorRules
{
    public static void Check(FieldErrors errors, FieldPath path, LabelSelector? selector)
    {
        if (selector is null)
        {
            return;
        }

        MetadataRules.CheckLabels(errors, path.Child("matchLabels"), selector.MatchLabels);
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
        {
            CheckRequirement(errors, path.Child("matchExpressions").Index(i), selector.MatchExpressions[i]);
        }
    }

    public static bool IsEmpty(LabelSelector selector) =>
        selector.MatchLabels.Count == 0 && selector.MatchExpressions.Count == 0;

    private static void CheckRequirement(FieldErrors errors, FieldPath path, LabelSelectorRequirement requirement)
    {
        switch (requirement.Operator)
        {
            case "In" or "NotIn" when requirement.Values.Count == 0:
                errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist" when requirement.Values.Count > 0:
                errors.Forbidden(path.Child("values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                errors.Invalid(path.Child("operator"), requirement.Operator, "not a valid selector operator");
                break;
        }

        errors.Invalid(path.Child("key"), requirement.Key, NameRules.QualifiedName(requirement.Key));
        for (var i = 0; i < requirement.Values.Count; i++)
        {
            var value = requirement.Values[i];
            errors.Invalid(path.Child("values").Index(i), value, NameRules.LabelValue(value));
        }
    }
}
