"""A filter's tree to a Django `Q`, through the resource's declaration: what is not declared is refused.

Two truth values. A comparison with null is false, except that null equals null and is unequal to any
value (sections 5.1.1.1.1 and 5.1.1.1.2); `not` turns that round, so rows without a value are among
those that `ne` and `not` give, as Microsoft's services answer.
"""
