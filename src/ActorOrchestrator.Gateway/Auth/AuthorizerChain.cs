using ActorOrchestrator.Api.Authorization;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Allowed is what one of several allows; a refusal has the words of all that have any.</summary>
public sealed class AuthorizerChain(IReadOnlyList<IAuthorizer> authorizers) : IAuthorizer
{
    public AccessDecision Decide(Identity who, AccessRequest what)
    {
        var reasons = new List<string>();
        foreach (var authorizer in authorizers)
        {
            var decision = authorizer.Decide(who, what);
            if (decision.Allowed)
            {
                return decision;
            }

            if (decision.Reason.Length > 0)
            {
                reasons.Add(decision.Reason);
            }
        }

        return new(false, string.Join("; ", reasons));
    }

    public SubjectRulesReviewStatus RulesOf(Identity who)
    {
        var all = authorizers.Select(authorizer => authorizer.RulesOf(who)).ToList();
        return new()
        {
            ResourceRules = [.. all.SelectMany(rules => rules.ResourceRules)],
            NonResourceRules = [.. all.SelectMany(rules => rules.NonResourceRules)],
            Incomplete = all.Any(rules => rules.Incomplete),
            EvaluationError = all.Select(rules => rules.EvaluationError).FirstOrDefault(error => error is not null),
        };
    }
}
