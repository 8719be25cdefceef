namespace ActorOrchestrator.Api.Patching;

/// <summary>A field that an applier would change though another manager owns it.</summary>
internal sealed record FieldConflict(FieldOwner Owner, IReadOnlyList<string> Path);

internal static class FieldConflicts
{
    public static List<FieldConflict> Of(FieldManagers managers, FieldOwner self, FieldSet changed) =>
    [
        .. managers.Owners
            .Where(owner => !owner.IsSameAs(self))
            .OrderBy(owner => owner.Show(), StringComparer.Ordinal)
            .SelectMany(owner => owner.Fields.Intersect(changed).Paths()
                .Select(path => new FieldConflict(owner, path))),
    ];

    public static List<FieldConflict> Without(List<FieldConflict> conflicts, FieldSet allowed) =>
        [.. conflicts.Where(conflict => !allowed.Has(conflict.Path))];

    /// <summary>The 409 with Kubernetes' text, and a cause for each field.</summary>
    public static PatchFailure ToFailure(List<FieldConflict> conflicts)
    {
        var text = conflicts.Count == 1
            ? $"Apply failed with 1 conflict: conflict with {conflicts[0].Owner.Show()}: {Show(conflicts[0])}"
            : $"Apply failed with {conflicts.Count} conflicts: " + string.Join('\n', conflicts
                .GroupBy(conflict => conflict.Owner.Show())
                .Select(group => $"conflicts with {group.Key}:\n"
                    + string.Join('\n', group.Select(conflict => "- " + Show(conflict)))));
        return new PatchFailure(HttpCode.Conflict, StatusReasons.Conflict, text)
        {
            Causes = conflicts.Select(conflict => new StatusCause
            {
                Reason = "FieldManagerConflict",
                Message = $"conflict with {conflict.Owner.Show()}",
                Field = Show(conflict),
            }).ToValueList(),
        };
    }

    private static string Show(FieldConflict conflict) => PathElement.Show(conflict.Path);
}
