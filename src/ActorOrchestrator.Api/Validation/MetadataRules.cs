namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of <c>metadata</c>, which all kinds share but for the syntax of their names.</summary>
internal static class MetadataRules
{
    public const string Immutable = "field is immutable";
    public const string Negative = "must be greater than or equal to 0";

    /// <summary>Kubernetes' own finalizers (v1 FinalizerKubernetes, meta/v1); all others name a domain.</summary>
    private static readonly string[] StandardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

    private const string PathCharacters = "/-._~%!$&'()*+,;=:";
    private const int SubresourceLengthMax = 256;

    /// <summary>A rule for names; it says what is wrong with one.</summary>
    public delegate IReadOnlyList<string> NameRule(string name);

    public static void Check(FieldErrors errors, ObjectMeta metadata, bool namespaced, NameRule nameRule)
    {
        var path = FieldPath.Root("metadata");
        if (!string.IsNullOrEmpty(metadata.GenerateName))
        {
            errors.Invalid(path.Child("generateName"), metadata.GenerateName,
                nameRule(NameRules.MaskTrailingDash(metadata.GenerateName)));
        }

        if (!string.IsNullOrEmpty(metadata.Name))
        {
            errors.Invalid(path.Child("name"), metadata.Name, nameRule(metadata.Name));
        }
        else if (string.IsNullOrEmpty(metadata.GenerateName))
        {
            errors.Required(path.Child("name"), "name or generateName is required");
        }

        CheckNamespace(errors, path.Child("namespace"), metadata.Namespace, namespaced);
        CheckCommon(errors, path, metadata);
        CheckFinalizers(errors, path.Child("finalizers"), metadata.Finalizers);
    }

    /// <summary>What may not change from one version to the next; absent values stand for "as it was".</summary>
    public static void CheckUpdate(FieldErrors errors, ObjectMeta old, ObjectMeta @new)
    {
        var path = FieldPath.Root("metadata");
        if (old.DeletionTimestamp is not null)
        {
            CheckNoNewFinalizers(errors, path.Child("finalizers"), old.Finalizers, @new.Finalizers);
        }

        for (var i = 0; i < @new.Finalizers.Count; i++)
        {
            // What was stored before there was the rule must not keep the object from being written.
            if (!old.Finalizers.Contains(@new.Finalizers[i]))
            {
                CheckDomain(errors, path.Child("finalizers").Index(i), @new.Finalizers[i]);
            }
        }

        CheckSame(errors, path.Child("name"), old.Name, @new.Name);
        CheckSame(errors, path.Child("namespace"), old.Namespace, @new.Namespace);
        CheckSame(errors, path.Child("uid"), old.Uid, @new.Uid);
        CheckSame(errors, path.Child("creationTimestamp"), Shown.Time(old.CreationTimestamp),
            Shown.Time(@new.CreationTimestamp));
        CheckSame(errors, path.Child("deletionTimestamp"), Shown.Time(old.DeletionTimestamp),
            Shown.Time(@new.DeletionTimestamp));
        if (@new.DeletionGracePeriodSeconds is { } grace && grace != old.DeletionGracePeriodSeconds)
        {
            errors.Invalid(path.Child("deletionGracePeriodSeconds"), grace, Immutable);
        }

        if (@new.Generation is { } generation && generation < old.Generation)
        {
            errors.Invalid(path.Child("generation"), generation, "must not be decremented");
        }

        CheckCommon(errors, path, @new);
    }

    public static void CheckLabels(FieldErrors errors, FieldPath path, ValueMap<string> labels)
    {
        foreach (var (key, value) in labels)
        {
            errors.Invalid(path, key, NameRules.QualifiedName(key));
            errors.Invalid(path, value, NameRules.LabelValue(value));
        }
    }

    public static void CheckAnnotations(FieldErrors errors, FieldPath path, ValueMap<string> annotations)
    {
        foreach (var key in annotations.Keys)
        {
            // Annotation keys are label keys except that the case of the prefix does not matter.
            errors.Invalid(path, key, NameRules.QualifiedName(key.ToLowerInvariant()));
        }

        if (!AnnotationSize.Fits(annotations))
        {
            errors.TooLong(path, AnnotationSize.BytesMax);
        }
    }

    /// <summary>A name such as <c>example.com/controller</c>.</summary>
    public static void CheckPrefixedPath(FieldErrors errors, FieldPath path, string value)
    {
        if (value.Length == 0)
        {
            errors.Required(path);
            return;
        }

        var slash = value.IndexOf('/');
        if (slash <= 0 || slash == value.Length - 1)
        {
            errors.Invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }

        var (domain, rest) = (value[..slash], value[(slash + 1)..]);
        errors.Invalid(path, domain, NameRules.Subdomain(domain));
        if (!rest.All(letter => char.IsAsciiLetterOrDigit(letter) || PathCharacters.Contains(letter)))
        {
            errors.Invalid(path, rest, "Invalid path (regex used for validation is "
                + "'[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
        }
    }

    public static void NotNegative(FieldErrors errors, FieldPath path, long? value)
    {
        if (value < 0)
        {
            errors.Invalid(path, value.Value, Negative);
        }
    }

    private static void CheckCommon(FieldErrors errors, FieldPath path, ObjectMeta metadata)
    {
        NotNegative(errors, path.Child("generation"), metadata.Generation);
        CheckLabels(errors, path.Child("labels"), metadata.Labels);
        CheckAnnotations(errors, path.Child("annotations"), metadata.Annotations);
        CheckOwners(errors, path.Child("ownerReferences"), metadata.OwnerReferences);
        CheckManagedFields(errors, path.Child("managedFields"), metadata.ManagedFields);
    }

    private static void CheckNamespace(FieldErrors errors, FieldPath path, string? name, bool namespaced)
    {
        if (!namespaced)
        {
            if (!string.IsNullOrEmpty(name))
            {
                errors.Forbidden(path, "not allowed on this type");
            }

            return;
        }

        if (string.IsNullOrEmpty(name))
        {
            errors.Required(path);
        }
        else
        {
            errors.Invalid(path, name, NameRules.Label(name));
        }
    }

    private static void CheckOwners(FieldErrors errors, FieldPath path, ValueList<OwnerReference> owners)
    {
        string? controller = null;
        for (var i = 0; i < owners.Count; i++)
        {
            var owner = owners[i];
            var at = path.Index(i);
            if (owner.ApiVersion.Length == 0)
            {
                errors.Required(at.Child("apiVersion"), "must not be empty");
            }
            else if (owner.ApiVersion.Count(c => c == '/') > 1 || owner.ApiVersion.EndsWith('/'))
            {
                errors.Invalid(at.Child("apiVersion"), owner.ApiVersion, "must be <group>/<version> or <version>");
            }

            if (owner.Kind.Length == 0)
            {
                errors.Required(at.Child("kind"), "must not be empty");
            }

            if (owner.Name.Length == 0)
            {
                errors.Required(at.Child("name"), "must not be empty");
            }

            if (owner.Uid.Length == 0)
            {
                errors.Required(at.Child("uid"), "must not be empty");
            }

            if (owner is { ApiVersion: "v1", Kind: "Event" })
            {
                errors.InvalidJson(at, Shown.Of(owner), "/v1, Kind=Event is disallowed from being an owner");
            }

            if (owner.Controller is not true)
            {
                continue;
            }

            var name = $"{owner.Kind}/{owner.Name}";
            if (controller is not null)
            {
                errors.InvalidJson(path, Shown.List(owners), "Only one reference can have Controller set to true. "
                    + $"Found \"true\" in references for {controller} and {name}");
            }

            controller ??= name;
        }
    }

    private static void CheckFinalizers(FieldErrors errors, FieldPath path, ValueList<string> finalizers)
    {
        for (var i = 0; i < finalizers.Count; i++)
        {
            errors.Invalid(path, finalizers[i], NameRules.QualifiedName(finalizers[i]));
            CheckDomain(errors, path.Index(i), finalizers[i]);
        }

        if (finalizers.Contains("orphan") && finalizers.Contains("foregroundDeletion"))
        {
            errors.InvalidJson(path, Shown.Strings(finalizers),
                "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }

    private static void CheckDomain(FieldErrors errors, FieldPath path, string finalizer)
    {
        if (!finalizer.Contains('/') && !StandardFinalizers.Contains(finalizer))
        {
            errors.Invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
        }
    }

    private static void CheckNoNewFinalizers(
        FieldErrors errors, FieldPath path, ValueList<string> old, ValueList<string> @new)
    {
        var added = @new.Except(old).Order(StringComparer.Ordinal).ToValueList();
        if (added.Count > 0)
        {
            errors.Forbidden(path, "no new finalizers can be added if the object is being deleted, found new "
                + $"finalizers []string{{{string.Join(", ", added.Select(FieldError.Quote))}}}");
        }
    }

    private static void CheckManagedFields(FieldErrors errors, FieldPath path, ValueList<ManagedFieldsEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var at = path.Index(i);
            if (string.IsNullOrEmpty(entry.Operation))
            {
                errors.Required(at.Child("operation"), "must not be empty");
            }
            else if (entry.Operation is not ("Apply" or "Update"))
            {
                errors.NotSupported(at.Child("operation"), entry.Operation, "Apply", "Update");
            }

            if (!string.IsNullOrEmpty(entry.FieldsType) && entry.FieldsType != "FieldsV1")
            {
                errors.Invalid(at.Child("fieldsType"), entry.FieldsType, "must be `FieldsV1`");
            }

            ManagerName.Check(errors, at.Child("manager"), entry.Manager ?? "");

            if (entry.Subresource?.Length > SubresourceLengthMax)
            {
                errors.TooLong(at.Child("subresource"), SubresourceLengthMax);
            }
        }
    }

    private static void CheckSame(FieldErrors errors, FieldPath path, string? old, string? @new)
    {
        if (!string.IsNullOrEmpty(@new) && @new != old)
        {
            errors.Invalid(path, @new, Immutable);
        }
    }
}
