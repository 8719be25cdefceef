using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Scheduling;

namespace ActorOrchestrator.Domain.Priorities;

/// <summary>A PriorityClass: a document of which one at most is the default (Kubernetes' admission plugin Priority),
/// and of which the system's stay.</summary>
public sealed class PriorityClassDecider : ObjectBehavior<ObjectState>
{
    protected override ObjectState Initial => ObjectState.Absent;

    protected override bool ReconcilesOnChange => false;

    protected override Decision OnCreate(
        EntityKey self, ObjectState state, Create create, in DecisionContext context) =>
        SecondDefault(self, create.Object, context) is { } refusal && state.Object is null
            ? ObjectLifecycle.Reject(refusal)
            : base.OnCreate(self, state, create, context);

    protected override Decision OnReplace(
        EntityKey self, ObjectState state, Replace replace, in DecisionContext context) =>
        SecondDefault(self, replace.Object, context) is { } refusal && state.Object is not null
            ? ObjectLifecycle.Reject(refusal)
            : base.OnReplace(self, state, replace, context);

    protected override Decision OnDelete(
        EntityKey self, ObjectState state, Delete delete, in DecisionContext context) =>
        SystemPriorityClasses.Contains(self.Name)
            ? ObjectLifecycle.Reject(Statuses.Forbidden(
                self.Resource, self.Name, "this is a system priority class and cannot be deleted"))
            : base.OnDelete(self, state, delete, context);

    private static Status? SecondDefault(EntityKey self, KubeObject proposed, in DecisionContext context) =>
        proposed is PriorityClass { GlobalDefault: true }
        && context.Facts.Priorities.Default is { } current && current.Metadata.Name != self.Name
            ? Statuses.Forbidden(self.Resource, self.Name,
                $"PriorityClass {current.Metadata.Name} is already marked as default. Only one default can exist")
            : null;
}
