-- Leave it as it is, until it is resumed.
obj.spec.suspend = true
return obj
